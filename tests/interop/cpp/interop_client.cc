// The gRPC interop cases that apply to a server, with gRPC C++ as the client.
//
// What each case does and expects is said in grpc/doc/interop-test-descriptions.md, under the name of the case. Some more stand at the
// end of the table.
//
//   interop_client HOST:PORT [--ca=FILE] [CASE...]
//
// Runs the cases that are named, or all; with --ca over TLS, trusting the certificate in the file (PEM). Says on standard error how each
// one ended; the one line on standard output is `PASSED FAILED SKIPPED`.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/testing/test.grpc.pb.h"

// The C core keeps the flags of the message that was read last, for tests; no header that is installed declares it.
uint32_t grpc_call_test_only_get_message_flags(grpc_call* call);

namespace grpc::testing {

// ClientContext lets a class of this name see the call within it.
class InteropClientContextInspector {
 public:
  static bool LastMessageWasCompressed(const grpc::ClientContext& context) {
    // The second one is left when the core has decompressed the message.
    constexpr uint32_t kCompressed = 0x80000000u | 0x40000000u;
    return (grpc_call_test_only_get_message_flags(context.call_) & kCompressed) != 0;
  }
};

}  // namespace grpc::testing

namespace {

using grpc::ClientContext;
using grpc::Status;
using grpc::StatusCode;
using grpc::testing::Empty;
using grpc::testing::InteropClientContextInspector;
using grpc::testing::SimpleRequest;
using grpc::testing::SimpleResponse;
using grpc::testing::StreamingInputCallRequest;
using grpc::testing::StreamingInputCallResponse;
using grpc::testing::StreamingOutputCallRequest;
using grpc::testing::StreamingOutputCallResponse;
using Channel = std::shared_ptr<grpc::Channel>;

constexpr int kLargeRequest = 271828;
constexpr int kLargeResponse = 314159;
const std::vector<int> kRequestSizes = {27182, 8, 1828, 45904};
const std::vector<int> kResponseSizes = {31415, 9, 2653, 58979};

// Far longer than any case takes: a server that hangs fails the case.
constexpr std::chrono::seconds kPatience{30};

// A call that does not wait for ever.
struct Context : ClientContext {
  Context() { set_deadline(std::chrono::system_clock::now() + kPatience); }
};

template <typename Actual, typename Expected>
void Equal(const Actual& actual, const Expected& expected, const std::string& what) {
  if (!(actual == expected)) {
    std::ostringstream text;
    text << what << " is " << actual << ", not " << expected;
    throw std::runtime_error(text.str());
  }
}

void True(bool holds, const std::string& what) {
  if (!holds) {
    throw std::runtime_error(what);
  }
}

void Ended(const Status& status, StatusCode code) {
  Equal(static_cast<int>(status.error_code()), static_cast<int>(code), "The status (" + status.error_message() + ")");
}

void Zeros(const std::string& body, size_t size) {
  Equal(body.size(), size, "The size of the payload");
  True(body.find_first_not_of('\0') == std::string::npos, "The payload is not all zeros");
}

SimpleRequest Large() {
  SimpleRequest request;
  request.set_response_size(kLargeResponse);
  request.mutable_payload()->set_body(std::string(kLargeRequest, '\0'));
  return request;
}

StreamingInputCallRequest Input(int size) {
  StreamingInputCallRequest request;
  request.mutable_payload()->set_body(std::string(size, '\0'));
  return request;
}

StreamingOutputCallRequest Output(int response_size, int request_size) {
  StreamingOutputCallRequest request;
  request.add_response_parameters()->set_size(response_size);
  request.mutable_payload()->set_body(std::string(request_size, '\0'));
  return request;
}

std::unique_ptr<grpc::testing::TestService::Stub> StubOf(const Channel& channel) {
  return grpc::testing::TestService::NewStub(channel);
}

void EmptyUnary(const Channel& channel) {
  Context context;
  Empty response;
  Ended(StubOf(channel)->EmptyCall(&context, Empty(), &response), StatusCode::OK);
}

// No cache stands before this server: its part is to say that one may keep the answer, and to answer anew each time.
void CacheableUnary(const Channel& channel) {
  std::string bodies[2];
  for (auto& body : bodies) {
    Context context;
    SimpleResponse response;
    Ended(StubOf(channel)->CacheableUnaryCall(&context, Large(), &response), StatusCode::OK);
    const auto& headers = context.GetServerInitialMetadata();
    const auto control = headers.find("cache-control");
    True(control != headers.end(), "There is no cache-control");
    Equal(control->second, grpc::string_ref("max-age=60, public"), "cache-control");
    body = response.payload().body();
  }
  True(bodies[0] != bodies[1], "Two answers are the same");
}

void LargeUnary(const Channel& channel) {
  Context context;
  SimpleResponse response;
  Ended(StubOf(channel)->UnaryCall(&context, Large(), &response), StatusCode::OK);
  Zeros(response.payload().body(), kLargeResponse);
}

void ClientCompressedUnary(const Channel& channel) {
  const auto stub = StubOf(channel);
  auto request = Large();
  request.mutable_expect_compressed()->set_value(true);
  {
    Context probe;
    SimpleResponse response;
    Ended(stub->UnaryCall(&probe, request, &response), StatusCode::INVALID_ARGUMENT);
  }
  for (const bool compressed : {true, false}) {
    request.mutable_expect_compressed()->set_value(compressed);
    Context context;
    context.set_compression_algorithm(compressed ? GRPC_COMPRESS_GZIP : GRPC_COMPRESS_NONE);
    SimpleResponse response;
    Ended(stub->UnaryCall(&context, request, &response), StatusCode::OK);
    Zeros(response.payload().body(), kLargeResponse);
  }
}

void ServerCompressedUnary(const Channel& channel) {
  for (const bool compressed : {true, false}) {
    auto request = Large();
    request.mutable_response_compressed()->set_value(compressed);
    Context context;
    SimpleResponse response;
    Ended(StubOf(channel)->UnaryCall(&context, request, &response), StatusCode::OK);
    Equal(InteropClientContextInspector::LastMessageWasCompressed(context), compressed, "Compression of the response");
    Zeros(response.payload().body(), kLargeResponse);
  }
}

void ClientStreaming(const Channel& channel) {
  Context context;
  StreamingInputCallResponse response;
  const auto call = StubOf(channel)->StreamingInputCall(&context, &response);
  for (const int size : kRequestSizes) {
    True(call->Write(Input(size)), "The stream broke");
  }
  call->WritesDone();
  Ended(call->Finish(), StatusCode::OK);
  Equal(response.aggregated_payload_size(), 74922, "The sum of the payloads");
}

void ClientCompressedStreaming(const Channel& channel) {
  const auto stub = StubOf(channel);
  auto compressed = Input(27182);
  compressed.mutable_expect_compressed()->set_value(true);
  auto plain = Input(45904);
  plain.mutable_expect_compressed()->set_value(false);
  StreamingInputCallResponse response;
  {
    Context probe;
    const auto call = stub->StreamingInputCall(&probe, &response);
    call->Write(compressed);
    call->WritesDone();
    Ended(call->Finish(), StatusCode::INVALID_ARGUMENT);
  }
  Context context;
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  const auto call = stub->StreamingInputCall(&context, &response);
  True(call->Write(compressed), "The stream broke");
  True(call->Write(plain, grpc::WriteOptions().set_no_compression()), "The stream broke");
  call->WritesDone();
  Ended(call->Finish(), StatusCode::OK);
  Equal(response.aggregated_payload_size(), 73086, "The sum of the payloads");
}

void ServerStreaming(const Channel& channel) {
  StreamingOutputCallRequest request;
  for (const int size : kResponseSizes) {
    request.add_response_parameters()->set_size(size);
  }
  Context context;
  const auto call = StubOf(channel)->StreamingOutputCall(&context, request);
  StreamingOutputCallResponse response;
  for (const int size : kResponseSizes) {
    True(call->Read(&response), "A response is missing");
    Zeros(response.payload().body(), size);
  }
  True(!call->Read(&response), "There is a response too many");
  Ended(call->Finish(), StatusCode::OK);
}

void ServerCompressedStreaming(const Channel& channel) {
  const std::pair<bool, int> expected[] = {{true, 31415}, {false, 92653}};
  StreamingOutputCallRequest request;
  for (const auto& [compressed, size] : expected) {
    auto* asked = request.add_response_parameters();
    asked->set_size(size);
    asked->mutable_compressed()->set_value(compressed);
  }
  Context context;
  const auto call = StubOf(channel)->StreamingOutputCall(&context, request);
  StreamingOutputCallResponse response;
  for (const auto& [compressed, size] : expected) {
    True(call->Read(&response), "A response is missing");
    Equal(InteropClientContextInspector::LastMessageWasCompressed(context), compressed, "Compression of a response");
    Zeros(response.payload().body(), size);
  }
  True(!call->Read(&response), "There is a response too many");
  Ended(call->Finish(), StatusCode::OK);
}

void PingPong(const Channel& channel) {
  Context context;
  const auto call = StubOf(channel)->FullDuplexCall(&context);
  StreamingOutputCallResponse response;
  for (size_t i = 0; i < kRequestSizes.size(); i++) {
    True(call->Write(Output(kResponseSizes[i], kRequestSizes[i])), "The stream broke");
    True(call->Read(&response), "A response is missing");
    Zeros(response.payload().body(), kResponseSizes[i]);
  }
  call->WritesDone();
  True(!call->Read(&response), "There is a response too many");
  Ended(call->Finish(), StatusCode::OK);
}

void EmptyStream(const Channel& channel) {
  Context context;
  const auto call = StubOf(channel)->FullDuplexCall(&context);
  call->WritesDone();
  StreamingOutputCallResponse response;
  True(!call->Read(&response), "There is a response");
  Ended(call->Finish(), StatusCode::OK);
}

void CustomMetadata(const Channel& channel) {
  const std::string initial_key = "x-grpc-test-echo-initial";
  const std::string initial = "test_initial_metadata_value";
  const std::string trailing_key = "x-grpc-test-echo-trailing-bin";
  const std::string trailing = "\xab\xab\xab";
  const auto send = [&](ClientContext& context) {
    context.AddMetadata(initial_key, initial);
    context.AddMetadata(trailing_key, trailing);
  };
  const auto check = [&](const ClientContext& context) {
    const auto& headers = context.GetServerInitialMetadata();
    const auto header = headers.find(initial_key);
    True(header != headers.end() && header->second == initial, "The initial metadata did not come back");
    const auto& trailers = context.GetServerTrailingMetadata();
    const auto trailer = trailers.find(trailing_key);
    True(trailer != trailers.end() && trailer->second == trailing, "The trailing metadata did not come back");
  };

  Context unary;
  send(unary);
  SimpleResponse whole;
  Ended(StubOf(channel)->UnaryCall(&unary, Large(), &whole), StatusCode::OK);
  check(unary);

  Context duplex;
  send(duplex);
  const auto call = StubOf(channel)->FullDuplexCall(&duplex);
  True(call->Write(Output(kLargeResponse, kLargeRequest)), "The stream broke");
  call->WritesDone();
  StreamingOutputCallResponse response;
  True(call->Read(&response), "A response is missing");
  Zeros(response.payload().body(), kLargeResponse);
  True(!call->Read(&response), "There is a response too many");
  Ended(call->Finish(), StatusCode::OK);
  check(duplex);
}

void StatusOf(const Channel& channel, const std::string& message, bool stream) {
  const auto check = [&](const Status& status) {
    Ended(status, StatusCode::UNKNOWN);
    Equal(status.error_message(), message, "The message of the status");
  };
  SimpleRequest request;
  request.mutable_response_status()->set_code(StatusCode::UNKNOWN);
  request.mutable_response_status()->set_message(message);
  Context unary;
  SimpleResponse whole;
  check(StubOf(channel)->UnaryCall(&unary, request, &whole));
  if (stream) {
    StreamingOutputCallRequest asked;
    *asked.mutable_response_status() = request.response_status();
    Context duplex;
    const auto call = StubOf(channel)->FullDuplexCall(&duplex);
    call->Write(asked);
    call->WritesDone();
    StreamingOutputCallResponse response;
    True(!call->Read(&response), "There is a response");
    check(call->Finish());
  }
}

void StatusCodeAndMessage(const Channel& channel) { StatusOf(channel, "test status message", /*stream=*/true); }

void SpecialStatusMessage(const Channel& channel) {
  StatusOf(channel, "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n", /*stream=*/false);
}

void UnimplementedMethod(const Channel& channel) {
  Context context;
  Empty response;
  Ended(StubOf(channel)->UnimplementedCall(&context, Empty(), &response), StatusCode::UNIMPLEMENTED);
}

void UnimplementedService(const Channel& channel) {
  Context context;
  Empty response;
  Ended(grpc::testing::UnimplementedService::NewStub(channel)->UnimplementedCall(&context, Empty(), &response),
        StatusCode::UNIMPLEMENTED);
}

void CancelAfterBegin(const Channel& channel) {
  Context context;
  StreamingInputCallResponse response;
  const auto call = StubOf(channel)->StreamingInputCall(&context, &response);
  context.TryCancel();
  Ended(call->Finish(), StatusCode::CANCELLED);
}

void CancelAfterFirstResponse(const Channel& channel) {
  Context context;
  const auto call = StubOf(channel)->FullDuplexCall(&context);
  True(call->Write(Output(31415, 27182)), "The stream broke");
  StreamingOutputCallResponse response;
  True(call->Read(&response), "A response is missing");
  context.TryCancel();
  Ended(call->Finish(), StatusCode::CANCELLED);
}

void TimeoutOnSleepingServer(const Channel& channel) {
  ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(1));
  const auto call = StubOf(channel)->FullDuplexCall(&context);
  StreamingOutputCallRequest request;
  request.mutable_payload()->set_body(std::string(27182, '\0'));
  call->Write(request);
  StreamingOutputCallResponse response;
  True(!call->Read(&response), "There is a response");
  Ended(call->Finish(), StatusCode::DEADLINE_EXCEEDED);
}

// Beyond the official cases: the deadline is the server's to keep, once the call has reached it.
void TimeoutWhileServerWaits(const Channel& channel) {
  StreamingOutputCallRequest request;
  request.add_response_parameters()->set_size(9);
  auto* never = request.add_response_parameters();
  never->set_size(9);
  never->set_interval_us(60'000'000);
  ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
  const auto call = StubOf(channel)->StreamingOutputCall(&context, request);
  StreamingOutputCallResponse response;
  True(call->Read(&response), "The first response did not come before the deadline");
  True(!call->Read(&response), "There is a response too many");
  Ended(call->Finish(), StatusCode::DEADLINE_EXCEEDED);
}

// Beyond the official cases: all requests first, then all responses.
void HalfDuplex(const Channel& channel) {
  Context context;
  const auto call = StubOf(channel)->HalfDuplexCall(&context);
  for (size_t i = 0; i < kRequestSizes.size(); i++) {
    True(call->Write(Output(kResponseSizes[i], kRequestSizes[i])), "The stream broke");
  }
  call->WritesDone();
  StreamingOutputCallResponse response;
  for (const int size : kResponseSizes) {
    True(call->Read(&response), "A response is missing");
    Zeros(response.payload().body(), size);
  }
  True(!call->Read(&response), "There is a response too many");
  Ended(call->Finish(), StatusCode::OK);
}

// Beyond the official cases: an error says in a form for programs which field is wrong.
void ErrorDetails(const Channel& channel) {
  SimpleRequest request;
  request.set_response_size(-1);
  Context context;
  SimpleResponse response;
  const auto status = StubOf(channel)->UnaryCall(&context, request, &response);
  Ended(status, StatusCode::INVALID_ARGUMENT);
  google::rpc::Status whole;
  True(whole.ParseFromString(status.error_details()), "The details cannot be read");
  Equal(whole.details_size(), 1, "The number of details");
  google::rpc::BadRequest bad;
  True(whole.details(0).UnpackTo(&bad), "The detail is no BadRequest");
  Equal(bad.field_violations(0).field(), std::string("response_size"), "The field");
}

const std::pair<const char*, void (*)(const Channel&)> kCases[] = {
    {"empty_unary", EmptyUnary},
    {"cacheable_unary", CacheableUnary},
    {"large_unary", LargeUnary},
    {"client_compressed_unary", ClientCompressedUnary},
    {"server_compressed_unary", ServerCompressedUnary},
    {"client_streaming", ClientStreaming},
    {"client_compressed_streaming", ClientCompressedStreaming},
    {"server_streaming", ServerStreaming},
    {"server_compressed_streaming", ServerCompressedStreaming},
    {"ping_pong", PingPong},
    {"empty_stream", EmptyStream},
    {"custom_metadata", CustomMetadata},
    {"status_code_and_message", StatusCodeAndMessage},
    {"special_status_message", SpecialStatusMessage},
    {"unimplemented_method", UnimplementedMethod},
    {"unimplemented_service", UnimplementedService},
    {"cancel_after_begin", CancelAfterBegin},
    {"cancel_after_first_response", CancelAfterFirstResponse},
    {"timeout_on_sleeping_server", TimeoutOnSleepingServer},
    {"timeout_while_server_waits", TimeoutWhileServerWaits},
    {"half_duplex", HalfDuplex},
    {"error_details", ErrorDetails},
};

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const std::string& ca_file) {
  if (ca_file.empty()) {
    return grpc::InsecureChannelCredentials();
  }
  std::ifstream file(ca_file);
  True(file.good(), "Cannot read " + ca_file);
  grpc::SslCredentialsOptions options;
  options.pem_root_certs.assign(std::istreambuf_iterator<char>(file), {});
  return grpc::SslCredentials(options);
}

bool Run(const char* name, void (*run)(const Channel&), const Channel& channel) {
  try {
    run(channel);
    std::cerr << "ok   " << name << "\n";
    return true;
  } catch (const std::exception& failure) {
    std::cerr << "FAIL " << name << ": " << failure.what() << "\n";
    return false;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::string ca = "--ca=";
  std::string address, ca_file;
  std::vector<std::string> wanted;
  for (const auto& argument : arguments) {
    if (argument.rfind(ca, 0) == 0) {
      ca_file = argument.substr(ca.size());
    } else if (address.empty()) {
      address = argument;
    } else {
      wanted.push_back(argument);
    }
  }
  const auto channel = grpc::CreateChannel(address, CredentialsOf(ca_file));
  int passed = 0, failed = 0;
  for (const auto& [name, run] : kCases) {
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end()) {
      (Run(name, run, channel) ? passed : failed)++;
    }
  }
  std::cout << passed << " " << failed << " 0\n";
  return failed == 0 && passed > 0 ? 0 : 1;
}
