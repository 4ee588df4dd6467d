"""Runs the specifications of this folder. The last line of standard output is `passed failed skipped`."""

import pathlib
import sys
import unittest


class CountingResult(unittest.TextTestResult):
    """Counts tests, each once, however many of its sub-tests fail."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def main():
    suite = unittest.defaultTestLoader.discover(str(pathlib.Path(__file__).parent))
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2, resultclass=CountingResult).run(suite)
    skipped = len(result.skipped)
    # What neither passed nor was skipped failed. A set-up of a class or a module that fails has no test: it counts as one.
    failed = max(result.testsRun - result.passed - skipped, 0 if result.wasSuccessful() else 1)
    print(result.passed, failed, skipped)
    return 0 if failed == 0 and result.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
