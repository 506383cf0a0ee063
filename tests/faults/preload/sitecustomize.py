"""Loaded first by every Python of a site under trial: a mark in a report ends its worker.

It stands for what no test can bring about at will: a crash in a C library, or
the kernel's killer for lack of memory. The product knows nothing of it.
"""

import os
import signal
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import PathFinder

MARK = b"ends-whoever-reads-it"


class Deadly(Loader):
    """Runs the real module, then puts itself before its one function."""

    def __init__(self, real):
        self.real = real

    def create_module(self, spec):
        return self.real.create_module(spec)

    def exec_module(self, module):
        self.real.exec_module(module)
        prepare = module.prepare

        def prepare_or_end(item, rules):
            if MARK in item.content:
                os.kill(os.getpid(), signal.SIGKILL)
            return prepare(item, rules)

        module.prepare = prepare_or_end


class Finder(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name != "reports.pipeline.prepare":
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = Deadly(spec.loader)
        return spec


sys.meta_path.insert(0, Finder())
