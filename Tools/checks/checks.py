"""What the checks of the program share: they count its runs and keep what was wrong."""


class Checks:
    """Runs of the program, in a folder of their own, and what was wrong with them."""

    def __init__(self, binary, directory):
        self.binary, self.directory = binary, directory
        self.runs = 0
        self.failures = []

    def fail(self, name, reason):
        """Note a failure."""
        self.failures.append(f"{name}: {reason}")

    def same(self, name, found, wanted):
        """Note a difference."""
        if found != wanted:
            self.fail(name, f"{found!r} instead of {wanted!r}")

    def end(self, name, others=""):
        """Print what was wrong, the first hundred of it, and a line that counts; the exit code."""
        for failure in self.failures[:100]:
            print(failure)
        print(f"{name}: {self.runs} runs{others}, {len(self.failures)} failures")
        return 1 if self.failures else 0
