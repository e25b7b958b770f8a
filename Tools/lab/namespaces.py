"""Anonymous network namespaces: made by a holder process, entered with nsenter, gone when the holder is.

Nothing is written to /run/netns, so the same code works for root and inside an unprivileged user namespace.
"""

import os
import shutil
import subprocess
import sys
import time

TOOLS = ("unshare", "nsenter", "ip", "nft")
PROBE = "ip link add probe type veth peer name probe2 && nft add table inet probe"


class LabUnavailable(Exception):
    """The lab cannot run on this machine; the text says why."""


def require_namespaces(arguments):
    """Return when namespaces can be made here; restart the program in a user namespace when that helps.

    `arguments` is the command line to start again. Raises LabUnavailable when neither way is open.
    """
    if not sys.platform.startswith("linux"):
        raise LabUnavailable("network namespaces need Linux")
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        raise LabUnavailable(f"not installed: {', '.join(missing)}")
    direct = _probe("unshare", "--net")
    if direct.returncode == 0:
        return
    mapped = ("unshare", "--user", "--map-root-user", "--net")
    if _probe(*mapped).returncode == 0:
        os.execvp("unshare", [*mapped, sys.executable, *arguments])
    reason = direct.stderr.strip().splitlines()
    raise LabUnavailable(f"no permission to make network namespaces ({reason[-1] if reason else 'unknown'})")


def _probe(*prefix):
    """Try what the lab needs (a veth pair and an nftables table) behind a command prefix."""
    return subprocess.run([*prefix, "sh", "-c", PROBE], capture_output=True, text=True, check=False)


class Namespace:
    """One network namespace; it lives as long as this object's holder process."""

    def __init__(self):
        self._holder = subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE,
                                        stdout=subprocess.DEVNULL)
        self.pid = self._holder.pid
        own = os.readlink("/proc/self/ns/net")
        deadline = time.monotonic() + 5
        while os.readlink(f"/proc/{self.pid}/ns/net") == own:
            if time.monotonic() > deadline or self._holder.poll() is not None:
                raise LabUnavailable("a network namespace could not be made")
            time.sleep(0.005)

    def command(self, *words):
        """The command line that runs `words` inside this namespace."""
        return ["nsenter", "--target", str(self.pid), "--net", *words]

    def run(self, *words, text=None):
        """Run a command inside, with `text` as its standard input; a failure tells its standard error."""
        done = subprocess.run(self.command(*words), input=text, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip() or done.returncode}")
        return done.stdout

    def start(self, *words):
        """Start a program inside that speaks lines on standard input and output."""
        return subprocess.Popen(self.command(*words), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                text=True)

    def close(self):
        """End the holder; the namespace goes away with the last process in it."""
        self._holder.stdin.close()
        self._holder.wait(timeout=5)
