"""A server that a specification starts for itself, and stops with SIGTERM."""

import json
import signal
import subprocess

from service import PATIENCE


class Server:
    """Starts a program that says on its first line that it listens, and where in a file of ports.

    What it says besides goes where standard error goes, unless that is given.
    """

    def __init__(self, command, ports, **options):
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, **options)
        try:
            self._process.stdout.readline()
            self.address = json.loads(ports.read_text())["grpc"]
        except BaseException:
            self.stop()
            raise

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()
