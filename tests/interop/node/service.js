// What the specifications share: the server's address, clients, ids that no other test uses, and error details.
import { randomUUID } from "node:crypto";
import assert from "node:assert/strict";
import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";
import { commonProtos, root } from "./process.js";

export const address = process.env.SCORING_GRPC_ADDRESS;

// Far longer than any call takes: it turns a server that hangs into a failed test.
export const patience = 30_000;

// Facts lie in the past and are read at one instant, so that every figure can be worked out by hand.
const noon = Date.UTC(2025, 2, 31, 12);
const day = 86_400_000;

export const modelName = "interop_node";

function load(files, ...includeDirs) {
  return protoLoader.loadSync(files, {
    includeDirs,
    keepCase: true,
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
  });
}

const scoring = load(
  ["scoring/v1/scoring_service.proto", "scoring/v1/model_service.proto"],
  `${root}/protos`,
);
const rpc = load(
  ["google/rpc/status.proto", "google/rpc/error_details.proto"],
  commonProtos,
);
// Health and reflection come from Debian's copy of the published files, not from the server's.
const tools = load(
  [
    "grpc/health/v1/health.proto",
    "grpc/reflection/v1/reflection.proto",
    "grpc/reflection/v1alpha/reflection.proto",
  ],
  "/usr/share/grpc-proto",
);
const packages = grpc.loadPackageDefinition({ ...scoring, ...tools });

export const { ScoringService, ModelService } = packages.scoring.v1;
export const { Health } = packages.grpc.health.v1;
export const reflections = packages.grpc.reflection;

/** A client of its own connection, closed with the test `t`. */
export function connect(t, Service = ScoringService, options = {}) {
  const client = new Service(address, grpc.credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
    ...options,
  });
  t.after(() => client.close());
  return client;
}

/** One unary call: its answer, or the error it ended with. */
export function call(client, method, request, { metadata = new grpc.Metadata(), timeout = patience } = {}) {
  return new Promise((resolve, reject) => {
    client[method](request, metadata, { deadline: Date.now() + timeout }, (error, response) =>
      error ? reject(error) : resolve(response),
    );
  });
}

/** The error of a call that must fail with this status, with its google.rpc details by the name of their type. */
export async function failure(code, promise) {
  let error;
  await assert.rejects(promise, (thrown) => {
    error = thrown;
    return true;
  });
  assert.equal(grpc.status[error.code], grpc.status[code], error.details);
  return { error, ...details(error.metadata) };
}

export function details(metadata) {
  const [bytes] = metadata.get("grpc-status-details-bin");
  const found = {};
  if (!bytes) {
    return found;
  }
  const status = rpc["google.rpc.Status"].deserialize(bytes);
  for (const { type_url, value } of status.details) {
    const name = type_url.slice(type_url.lastIndexOf("/") + 1);
    found[name.slice("google.rpc.".length)] = rpc[name].deserialize(value);
  }
  return { status, ...found };
}

/** All that a stream answers, or the error it ends with. */
export async function answersOf(stream) {
  const answers = [];
  for await (const answer of stream) {
    answers.push(answer);
  }
  return answers;
}

/** The instant that lies so many days before the instant that facts are read at. */
export function instant(daysBack = 0) {
  const milliseconds = noon - Math.round(daysBack * day);
  return { seconds: Math.floor(milliseconds / 1000), nanos: (milliseconds % 1000) * 1e6 };
}

export function fresh(word) {
  return `${word}-${randomUUID()}`;
}

export function event(customer_id, fields = {}) {
  return { customer_id, type: "session_started", ...fields };
}

/** Records events of which none may be rejected. */
export async function record(client, ...events) {
  const answer = await call(client, "RecordEvents", { events });
  assert.deepEqual(answer.rejections, []);
  return answer;
}

/** Lifetime and decayed, counted and summed, capped and negative terms. */
export function scoringModel() {
  return {
    name: modelName,
    description: "Made by the Node interop specifications.",
    target_points: 80,
    terms: [
      { event_type: "purchase", half_life_days: 0, weight: 10, cap: 3, measure: "MEASURE_COUNT" },
      { event_type: "page_viewed", half_life_days: 7, weight: 4, measure: "MEASURE_COUNT" },
      { event_type: "invoice_paid", half_life_days: 0, weight: 0.5, measure: "MEASURE_VALUE" },
      { event_type: "complaint", half_life_days: 30, weight: -20, measure: "MEASURE_COUNT" },
    ],
    bands: [
      { name: "churn_risk", engagement: "ENGAGEMENT_NOT_ENGAGED", below: 0 },
      { name: "disengaged", engagement: "ENGAGEMENT_NOT_ENGAGED", at_most: 40 },
      { name: "somewhat", engagement: "ENGAGEMENT_SOMEWHAT_ENGAGED", at_most: 70 },
      { name: "engaged", engagement: "ENGAGEMENT_ENGAGED" },
    ],
  };
}

export function putModel(t) {
  return call(connect(t, ModelService), "PutScoringModel", { model: scoringModel() });
}

export function near(actual, expected) {
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);
}
