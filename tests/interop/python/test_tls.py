"""The server with TLS, with throw-away certificates: who is let in, and what is told about it."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

import grpc
from scoring.v1 import event_pb2, score_pb2, scoring_service_pb2_grpc

from process import Server
from service import OUTCOME, PATIENCE, event, fresh

ROOT = pathlib.Path(__file__).parents[3]


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="scoring-interop-"))
        cls.addClassCleanup(shutil.rmtree, cls.work, ignore_errors=True)
        subprocess.run([ROOT / "tests/interop/certificates.sh", cls.work], check=True)
        server = Server(
            [
                "dotnet",
                ROOT / "src/Scoring.Server/bin/Release/net10.0/Scoring.Server.dll",
                "--GrpcEndpoint=127.0.0.1:0",
                f"--DataDirectory={cls.work}/data",
                f"--PortsFile={cls.work}/ports.json",
                f"--TlsCertificate={cls.work}/server.pem",
                f"--TlsKey={cls.work}/server.key",
                f"--TlsClientCa={cls.work}/ca.pem",
                f"--TlsClientCrl={cls.work}/crl.pem",
            ],
            cls.work / "ports.json",
            cwd=cls.work,
            stderr=subprocess.DEVNULL,
        )
        cls.addClassCleanup(server.stop)
        cls.address = server.address.removeprefix("https://")

    def scoring(self, name=None, ca="ca"):
        """A client that shows the certificate of a name, on a channel of its own."""
        read = lambda file: (self.work / file).read_bytes()
        shown = dict(private_key=read(f"{name}.key"), certificate_chain=read(f"{name}.pem")) if name else {}
        credentials = grpc.ssl_channel_credentials(read(f"{ca}.pem"), **shown)
        channel = self.enterContext(grpc.secure_channel(self.address, credentials))
        return scoring_service_pb2_grpc.ScoringServiceStub(channel)

    def test_a_client_of_the_authority_calls_and_streams(self):
        scoring = self.scoring("client")
        customer = fresh("customer")
        answer = scoring.RecordEvent(event_pb2.RecordEventRequest(event=event(customer)), timeout=PATIENCE)
        self.assertEqual(answer.outcome, OUTCOME.OUTCOME_ACCEPTED)
        batch = event_pb2.RecordEventsRequest(events=[event(customer)])
        answers = scoring.StreamEvents(iter([batch, batch]), timeout=PATIENCE)
        self.assertEqual([answer.accepted_count for answer in answers], [1, 1])
        score = scoring.GetScore(score_pb2.GetScoreRequest(customer_id=customer), timeout=PATIENCE)
        self.assertEqual(score.customer_id, customer)

    def test_others_are_refused(self):
        for name in [None, "stranger", "revoked", "server"]:
            with self.subTest(name):
                self.assert_refused(self.scoring(name))

    def test_a_server_of_another_authority_is_refused_by_the_client(self):
        self.assert_refused(self.scoring("client", ca="other"))

    def assert_refused(self, scoring):
        with self.assertRaises(grpc.RpcError) as caught:
            scoring.GetScore(score_pb2.GetScoreRequest(customer_id="ada"), timeout=PATIENCE)
        self.assertEqual(caught.exception.code(), grpc.StatusCode.UNAVAILABLE)
