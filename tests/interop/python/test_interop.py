"""The interop cases of gRPC by grpcio, against the server of both suites; the interface is the published one."""

import pathlib
import queue
import shutil
import tempfile
import unittest

import grpc
from grpc_interop.testing import empty_pb2, messages_pb2, test_pb2_grpc

from process import Server
from service import PATIENCE

SERVER = pathlib.Path(__file__).parents[2] / "Scoring.Rpc.InteropServer/bin/Release/net10.0/Scoring.Rpc.InteropServer.dll"

REQUEST_SIZES = (27182, 8, 1828, 45904)
RESPONSE_SIZES = (31415, 9, 2653, 58979)
INITIAL = ("x-grpc-test-echo-initial", "test_initial_metadata_value")
TRAILING = ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab")


def payload(size):
    return messages_pb2.Payload(body=bytes(size))


def large(**fields):
    return messages_pb2.SimpleRequest(response_size=314159, payload=payload(271828), **fields)


def output(response_size, size):
    return messages_pb2.StreamingOutputCallRequest(
        response_parameters=[messages_pb2.ResponseParameters(size=response_size)], payload=payload(size)
    )


class Requests:
    """A stream of requests that stays open until it is ended."""

    def __init__(self, *requests):
        self._queue = queue.SimpleQueue()
        for request in requests:
            self.send(request)

    def send(self, request):
        self._queue.put(request)

    def end(self):
        self._queue.put(None)

    def __iter__(self):
        return self

    def __next__(self):
        request = self._queue.get()
        if request is None:
            raise StopIteration
        return request


class Interop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        work = pathlib.Path(tempfile.mkdtemp(prefix="scoring-interop-"))
        cls.addClassCleanup(shutil.rmtree, work, ignore_errors=True)
        server = Server(["dotnet", SERVER, "interop", f"--ports_file={work}/ports.json"], work / "ports.json")
        cls.addClassCleanup(server.stop)
        cls.channel = grpc.insecure_channel(server.address)
        cls.addClassCleanup(cls.channel.close)
        cls.stub = test_pb2_grpc.TestServiceStub(cls.channel)

    def fails(self, code, run, details=None):
        with self.assertRaises(grpc.RpcError) as caught:
            run()
        self.assertEqual(caught.exception.code(), code, caught.exception.details())
        if details is not None:
            self.assertEqual(caught.exception.details(), details)

    def sizes(self, responses):
        return [len(response.payload.body) for response in responses]

    def test_empty_unary(self):
        self.assertEqual(self.stub.EmptyCall(empty_pb2.Empty(), timeout=PATIENCE), empty_pb2.Empty())

    def test_large_unary(self):
        self.assertEqual(self.stub.UnaryCall(large(), timeout=PATIENCE).payload.body, bytes(314159))

    def test_client_compressed_unary(self):
        compressed = large(expect_compressed=messages_pb2.BoolValue(value=True))
        self.fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: self.stub.UnaryCall(compressed, timeout=PATIENCE))
        answer = self.stub.UnaryCall(compressed, timeout=PATIENCE, compression=grpc.Compression.Gzip)
        self.assertEqual(len(answer.payload.body), 314159)
        plain = large(expect_compressed=messages_pb2.BoolValue(value=False))
        self.assertEqual(len(self.stub.UnaryCall(plain, timeout=PATIENCE).payload.body), 314159)

    def test_client_streaming(self):
        requests = (messages_pb2.StreamingInputCallRequest(payload=payload(size)) for size in REQUEST_SIZES)
        answer = self.stub.StreamingInputCall(requests, timeout=PATIENCE)
        self.assertEqual(answer.aggregated_payload_size, 74922)

    def test_server_streaming(self):
        request = messages_pb2.StreamingOutputCallRequest(
            response_parameters=[messages_pb2.ResponseParameters(size=size) for size in RESPONSE_SIZES]
        )
        answers = self.stub.StreamingOutputCall(request, timeout=PATIENCE)
        self.assertEqual(self.sizes(answers), list(RESPONSE_SIZES))

    def test_ping_pong(self):
        requests = Requests()
        answers = self.stub.FullDuplexCall(requests, timeout=PATIENCE)
        for response_size, size in zip(RESPONSE_SIZES, REQUEST_SIZES):
            requests.send(output(response_size, size))
            self.assertEqual(len(next(answers).payload.body), response_size)
        requests.end()
        self.assertEqual(list(answers), [])

    def test_empty_stream(self):
        self.assertEqual(list(self.stub.FullDuplexCall(iter(()), timeout=PATIENCE)), [])

    def test_custom_metadata(self):
        answer, call = self.stub.UnaryCall.with_call(large(), metadata=(INITIAL, TRAILING), timeout=PATIENCE)
        self.assertEqual(len(answer.payload.body), 314159)
        stream = self.stub.FullDuplexCall(
            iter([output(314159, 271828)]), metadata=(INITIAL, TRAILING), timeout=PATIENCE
        )
        self.assertEqual(self.sizes(stream), [314159])
        for ended in (call, stream):
            self.assertIn(INITIAL, [tuple(entry) for entry in ended.initial_metadata()])
            self.assertIn(TRAILING, [tuple(entry) for entry in ended.trailing_metadata()])

    def test_status_code_and_message(self):
        self.status("test status message")

    def test_special_status_message(self):
        self.status("\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n")

    def status(self, message):
        asked = messages_pb2.EchoStatus(code=2, message=message)
        request = messages_pb2.SimpleRequest(response_status=asked)
        self.fails(grpc.StatusCode.UNKNOWN, lambda: self.stub.UnaryCall(request, timeout=PATIENCE), message)
        stream = self.stub.FullDuplexCall(
            iter([messages_pb2.StreamingOutputCallRequest(response_status=asked)]), timeout=PATIENCE
        )
        self.fails(grpc.StatusCode.UNKNOWN, lambda: list(stream), message)

    def test_unimplemented_method(self):
        empty = empty_pb2.Empty()
        self.fails(grpc.StatusCode.UNIMPLEMENTED, lambda: self.stub.UnimplementedCall(empty, timeout=PATIENCE))

    def test_unimplemented_service(self):
        stub = test_pb2_grpc.UnimplementedServiceStub(self.channel)
        empty = empty_pb2.Empty()
        self.fails(grpc.StatusCode.UNIMPLEMENTED, lambda: stub.UnimplementedCall(empty, timeout=PATIENCE))

    def test_cancel_after_begin(self):
        requests = Requests()
        self.addCleanup(requests.end)
        call = self.stub.StreamingInputCall.future(requests, timeout=PATIENCE)
        call.cancel()
        self.assertEqual(call.code(), grpc.StatusCode.CANCELLED)

    def test_cancel_after_first_response(self):
        requests = Requests(output(31415, 27182))
        self.addCleanup(requests.end)
        call = self.stub.FullDuplexCall(requests, timeout=PATIENCE)
        next(call)
        call.cancel()
        self.assertEqual(call.code(), grpc.StatusCode.CANCELLED)

    def test_timeout_on_sleeping_server(self):
        requests = Requests(messages_pb2.StreamingOutputCallRequest(payload=payload(27182)))
        self.addCleanup(requests.end)
        call = self.stub.FullDuplexCall(requests, timeout=0.001)
        self.fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: list(call))


if __name__ == "__main__":
    unittest.main()
