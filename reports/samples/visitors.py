"""Who comes to the shop: browsers and robots, and where they come from."""

from __future__ import annotations

from random import Random

BROWSERS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/141.0.0.0 Mobile Safari/537.36",
]
ROBOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "python-requests/2.32.3",
]
LANGUAGES = ["en-GB,en;q=0.9", "de-DE,de;q=0.9,en;q=0.6", "sv-SE,sv;q=0.8", "cs,en;q=0.7"]


def make_headers(chance: Random, *, is_robot: bool) -> dict[str, str]:
    """The headers that a visitor's program sends by itself, as WSGI names them."""
    if is_robot:
        return {"HTTP_USER_AGENT": chance.choice(ROBOTS), "HTTP_ACCEPT": "*/*"}
    return {
        "HTTP_USER_AGENT": chance.choice(BROWSERS),
        "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "HTTP_ACCEPT_LANGUAGE": chance.choice(LANGUAGES),
        "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
        "HTTP_COOKIE": f"session={chance.randbytes(12).hex()}",
        "HTTP_X_FORWARDED_FOR": f"203.0.113.{chance.randint(1, 254)}",
    }
