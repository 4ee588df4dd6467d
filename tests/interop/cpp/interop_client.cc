// The service as gRPC C++ sees it: the C core is also what grpcio, Ruby and PHP stand on.
//
//   interop_client HOST:PORT [--ca=FILE] [CASE...]
//
// Runs the cases that are named, or all; with --ca over TLS, trusting the certificate in the file (PEM). Says on standard error how each
// one ended; the one line on standard output is `PASSED FAILED SKIPPED`.
#include <unistd.h>

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
#include "scoring/v1/scoring_service.grpc.pb.h"

namespace {

using grpc::ClientContext;
using grpc::Status;
using grpc::StatusCode;
using scoring::v1::CustomerScore;
using scoring::v1::GetScoreRequest;
using scoring::v1::RecordEventRequest;
using scoring::v1::RecordEventResponse;
using scoring::v1::RecordEventsRequest;
using scoring::v1::RecordEventsResponse;
using scoring::v1::ScoringService;
using Channel = std::shared_ptr<grpc::Channel>;

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

// An id that no other case and no other run uses.
std::string Fresh(const std::string& word) {
  static int count = 0;
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  return word + "-" + std::to_string(getpid()) + "-" + std::to_string(now) + "-" + std::to_string(count++);
}

scoring::v1::Event Happened(const std::string& customer, const std::string& event_id) {
  scoring::v1::Event event;
  event.set_customer_id(customer);
  event.set_event_id(event_id);
  event.set_type("session_started");
  return event;
}

RecordEventsRequest Batch(const std::string& customer, const std::string& name, int size) {
  RecordEventsRequest batch;
  for (int i = 0; i < size; i++) {
    auto* event = batch.add_events();
    *event = Happened(customer, name + "/" + std::to_string(i));
    // The time is part of an event's content: a retry has the same.
    event->mutable_occurred_at()->set_seconds(1'743'422'400);
  }
  return batch;
}

Status Record(const Channel& channel, const scoring::v1::Event& event, RecordEventResponse* response) {
  Context context;
  RecordEventRequest request;
  *request.mutable_event() = event;
  return ScoringService::NewStub(channel)->RecordEvent(&context, request, response);
}

Status Score(const Channel& channel, const std::string& customer, CustomerScore* score) {
  Context context;
  GetScoreRequest request;
  request.set_customer_id(customer);
  return ScoringService::NewStub(channel)->GetScore(&context, request, score);
}

// The detail of a type among those that the status carries.
template <typename Detail>
Detail DetailOf(const Status& status) {
  google::rpc::Status whole;
  True(whole.ParseFromString(status.error_details()), "The details cannot be read");
  Equal(whole.code(), static_cast<int>(status.error_code()), "The code within the details");
  Equal(whole.message(), status.error_message(), "The message within the details");
  for (const auto& any : whole.details()) {
    Detail detail;
    if (any.UnpackTo(&detail)) {
      return detail;
    }
  }
  throw std::runtime_error("There is no detail of the type " + Detail::descriptor()->full_name());
}

void RecordAndScore(const Channel& channel) {
  const auto customer = Fresh("customer ä");
  const auto event = Batch(customer, "once", 1).events(0);
  RecordEventResponse first, second;
  Ended(Record(channel, event, &first), StatusCode::OK);
  Equal(first.outcome(), RecordEventResponse::OUTCOME_ACCEPTED, "The outcome");
  Equal(first.durability(), scoring::v1::DURABILITY_ON_DISK, "The durability");
  Ended(Record(channel, event, &second), StatusCode::OK);
  Equal(second.outcome(), RecordEventResponse::OUTCOME_DUPLICATE, "The outcome of a retry");
  CustomerScore score;
  Ended(Score(channel, customer, &score), StatusCode::OK);
  Equal(score.customer_id(), customer, "The customer");
  Equal(score.model_name(), std::string("engagement"), "The model");
  Equal(score.last_event_time().seconds(), event.occurred_at().seconds(), "The time of the newest event");
}

void StreamOfBatches(const Channel& channel) {
  const std::vector<int> sizes = {3, 1, 250, 0, 40};
  const auto customer = Fresh("customer");
  Context context;
  const auto call = ScoringService::NewStub(channel)->StreamEvents(&context);
  for (size_t i = 0; i < sizes.size(); i++) {
    True(call->Write(Batch(customer, std::to_string(i), sizes[i])), "The stream broke");
  }
  call->WritesDone();
  RecordEventsResponse response;
  for (const int size : sizes) {
    True(call->Read(&response), "An answer is missing");
    Equal(response.accepted_count(), size, "The number of events accepted");
  }
  True(!call->Read(&response), "There is an answer too many");
  Ended(call->Finish(), StatusCode::OK);
}

void PingPong(const Channel& channel) {
  const auto customer = Fresh("customer");
  Context context;
  const auto call = ScoringService::NewStub(channel)->StreamEvents(&context);
  for (int i = 0; i < 5; i++) {
    auto batch = Batch(customer, std::to_string(i), 2);
    *batch.add_events() = Happened("", "");
    True(call->Write(batch), "The stream broke");
    RecordEventsResponse response;
    True(call->Read(&response), "An answer is missing");
    Equal(response.accepted_count(), 2, "The number of events accepted");
    Equal(response.rejections_size(), 1, "The number of rejections");
    Equal(response.rejections(0).index(), 2, "The index of the rejection");
  }
  call->WritesDone();
  RecordEventsResponse response;
  True(!call->Read(&response), "There is an answer too many");
  Ended(call->Finish(), StatusCode::OK);
}

void EmptyStream(const Channel& channel) {
  Context context;
  const auto call = ScoringService::NewStub(channel)->StreamEvents(&context);
  call->WritesDone();
  RecordEventsResponse response;
  True(!call->Read(&response), "There is an answer");
  Ended(call->Finish(), StatusCode::OK);
}

void NotFoundWithDetails(const Channel& channel) {
  const auto customer = Fresh("unknown 50% 顧客");
  CustomerScore score;
  const auto status = Score(channel, customer, &score);
  Ended(status, StatusCode::NOT_FOUND);
  True(status.error_message().find(customer) != std::string::npos, "The message does not name the customer");
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  Equal(info.domain(), std::string("scoring"), "The domain");
  Equal(info.reason(), std::string("CUSTOMER_NOT_FOUND"), "The reason");
}

void BadFieldNamed(const Channel& channel) {
  RecordEventResponse response;
  const auto status = Record(channel, Happened("", ""), &response);
  Ended(status, StatusCode::INVALID_ARGUMENT);
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  Equal(bad.field_violations_size(), 1, "The number of violations");
  Equal(bad.field_violations(0).field(), std::string("event.customer_id"), "The field");
}

// The deadline is the server's to keep too, once the call has reached it.
void DeadlineExceeded(const Channel& channel) {
  ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(1));
  const auto call = ScoringService::NewStub(channel)->StreamEvents(&context);
  True(call->Write(Batch(Fresh("customer"), "0", 1)), "The stream broke");
  RecordEventsResponse response;
  True(call->Read(&response), "The first answer did not come before the deadline");
  True(!call->Read(&response), "There is an answer too many");
  Ended(call->Finish(), StatusCode::DEADLINE_EXCEEDED);
}

void CancelAfterBegin(const Channel& channel) {
  Context context;
  const auto call = ScoringService::NewStub(channel)->StreamEvents(&context);
  context.TryCancel();
  Ended(call->Finish(), StatusCode::CANCELLED);
}

void CancelAfterFirstAnswer(const Channel& channel) {
  const auto batch = Batch(Fresh("customer"), "0", 1);
  Context context;
  const auto call = ScoringService::NewStub(channel)->StreamEvents(&context);
  True(call->Write(batch), "The stream broke");
  RecordEventsResponse response;
  True(call->Read(&response), "An answer is missing");
  context.TryCancel();
  Ended(call->Finish(), StatusCode::CANCELLED);
  // What was answered stays.
  RecordEventResponse again;
  Ended(Record(channel, batch.events(0), &again), StatusCode::OK);
  Equal(again.outcome(), RecordEventResponse::OUTCOME_DUPLICATE, "The outcome of a retry");
}

void Compressed(const Channel& channel, grpc_compression_algorithm algorithm) {
  const auto customer = Fresh("customer");
  const auto batch = Batch(customer, "0", 2'000);
  Context unary;
  unary.set_compression_algorithm(algorithm);
  RecordEventsResponse response;
  Ended(ScoringService::NewStub(channel)->RecordEvents(&unary, batch, &response), StatusCode::OK);
  Equal(response.accepted_count(), 2'000, "The number of events accepted");
  Context context;
  context.set_compression_algorithm(algorithm);
  const auto call = ScoringService::NewStub(channel)->StreamEvents(&context);
  True(call->Write(batch), "The stream broke");
  // A message that is not compressed, in a stream that says gzip.
  True(call->Write(batch, grpc::WriteOptions().set_no_compression()), "The stream broke");
  call->WritesDone();
  for (int i = 0; i < 2; i++) {
    True(call->Read(&response), "An answer is missing");
    Equal(response.duplicate_count(), 2'000, "The number of duplicates");
  }
  Ended(call->Finish(), StatusCode::OK);
}

void CompressedByGzip(const Channel& channel) { Compressed(channel, GRPC_COMPRESS_GZIP); }

void CompressedByDeflate(const Channel& channel) { Compressed(channel, GRPC_COMPRESS_DEFLATE); }

// Above the 16 MiB that a message may have, sent as it is and compressed to next to nothing.
void MessageOverTheLimit(const Channel& channel) {
  for (const auto algorithm : {GRPC_COMPRESS_NONE, GRPC_COMPRESS_GZIP}) {
    RecordEventRequest request;
    *request.mutable_event() = Happened(Fresh("customer"), "");
    request.mutable_event()->set_feature(std::string(20 << 20, 'x'));
    Context context;
    context.set_compression_algorithm(algorithm);
    RecordEventResponse response;
    Ended(ScoringService::NewStub(channel)->RecordEvent(&context, request, &response), StatusCode::RESOURCE_EXHAUSTED);
  }
  RecordAndScore(channel);
}

const std::pair<const char*, void (*)(const Channel&)> kCases[] = {
    {"record_and_score", RecordAndScore},
    {"stream_of_batches", StreamOfBatches},
    {"ping_pong", PingPong},
    {"empty_stream", EmptyStream},
    {"not_found_with_details", NotFoundWithDetails},
    {"bad_field_named", BadFieldNamed},
    {"deadline_exceeded", DeadlineExceeded},
    {"cancel_after_begin", CancelAfterBegin},
    {"cancel_after_first_answer", CancelAfterFirstAnswer},
    {"compressed_by_gzip", CompressedByGzip},
    {"compressed_by_deflate", CompressedByDeflate},
    {"message_over_the_limit", MessageOverTheLimit},
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
