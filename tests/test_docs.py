"""What the documents say, the code has."""

import re
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parent.parent
README = (TREE / "README.md").read_text()
DOCUMENTS = [
    path
    for path in [*TREE.glob("*.md"), *TREE.glob("docs/**/*.md"), *TREE.glob("tests/**/*.md")]
    if ".venv" not in path.parts
]


def test_every_setting_that_is_read_is_in_the_readme_and_no_other():
    code = (TREE / "oopsweb/settings.py").read_text() + (
        TREE / "oopsweb/environment.py"
    ).read_text()
    read = set(re.findall(r"\b(?:OOPSWEB_[A-Z_]+|[A-Z_]+_URL|OOPS_AMQP_URL)\b", code))
    constants = {
        "OOPSWEB_MAX_PACKED",
        "OOPSWEB_MAX_UNPACKED",
        "OOPSWEB_INBOX_LIMIT",
        "OOPSWEB_STANDBY_LAG",
    }
    constants |= {
        "BASE_URL",
        "LOGIN_URL",
        "LOGIN_REDIRECT_URL",
        "LOGOUT_REDIRECT_URL",
        "STATIC_URL",
    }
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert told == read - constants


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(TREE)))
def test_every_link_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_every_command_that_the_readme_names_exists():
    names = set(re.findall(r"manage\.py (\w+)", README))
    there = {path.stem for path in (TREE / "reports/management/commands").glob("*.py")}
    assert names
    assert names <= there


def test_every_decision_is_in_the_index():
    folder = TREE / "docs/decisions"
    index = (folder / "README.md").read_text()
    pages = {path.name for path in folder.glob("*.md")} - {"README.md"}
    assert pages == set(re.findall(r"\(([\w-]+\.md)\)", index))
