"""A clock that can be set without the machine's: for all processes that are started with it.

A small library, compiled when it is needed, is loaded before the C library and
adds an offset to the time of day. The offset stands in a file that all of them
map, so it changes for all at the same moment. Python, PostgreSQL and Celery go
by it; the kernel, and with it the times of files, and the monotonic clock do not.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile long long none = 0, *offset = &none;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("OOPSWEB_TEST_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *page;
    if (file < 0) return;
    page = mmap(0, sizeof(long long), PROT_READ, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) offset = page;
    close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    int result;
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    result = real(clock, now);
    if (!result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += *offset;
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    static int (*real)(struct timeval *, void *);
    int result;
    if (!real) real = dlsym(RTLD_NEXT, "gettimeofday");
    result = real(now, zone);
    if (!result) now->tv_sec += *offset;
    return result;
}

time_t time(time_t *where) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (where) *where = now.tv_sec;
    return now.tv_sec;
}
"""


def find_compiler() -> str | None:
    """The C compiler that is needed to set clocks, if there is one."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


class Clock:
    """An offset in whole seconds, and the environment of who goes by it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock.offset"
        self._library = folder / "clock.so"
        self._file.write_bytes(struct.pack("=q", 0))
        self._file.chmod(0o644)
        source = folder / "clock.c"
        source.write_text(SOURCE)
        compiler = find_compiler()
        assert compiler is not None
        command = [compiler, "-O1", "-shared", "-fPIC", "-o", self._library, source, "-ldl"]
        subprocess.run(command, check=True, capture_output=True)
        self._library.chmod(0o755)

    @property
    def environ(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self._library), "OOPSWEB_TEST_CLOCK": str(self._file)}

    @property
    def offset_s(self) -> int:
        return int(struct.unpack("=q", self._file.read_bytes())[0])

    def step(self, seconds: int) -> None:
        """All clocks jump by so much at once."""
        # In place: whoever has mapped the file must see it.
        with self._file.open("r+b", buffering=0) as file:
            file.write(struct.pack("=q", self.offset_s + seconds))

    def now(self) -> datetime:
        """What they show."""
        return datetime.now(UTC) + timedelta(seconds=self.offset_s)

    def set_shortly_before_midnight(self, seconds: int) -> None:
        """Next midnight, UTC, comes in so many seconds."""
        now = self.now()
        midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
        self.step(round((midnight - now).total_seconds()) - seconds)
