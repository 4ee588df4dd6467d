// The server with TLS, as @grpc/grpc-js, @connectrpc/connect-node, buf curl and curl see it, with throw-away certificates.
import { before, suite, test } from "node:test";
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { connect } from "node:tls";
import { promisify } from "node:util";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { compressionGzip, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import grpc from "@grpc/grpc-js";
import { folder, root, startScoringServer, undoing } from "./process.js";
import { call, fresh, Health, ModelService, patience, ScoringService } from "./service.js";
import { types } from "./types.js";

const undo = undoing();
const certificates = folder(undo);
execFileSync(`${root}/tests/interop/certificates.sh`, [certificates]);
const path = (name) => `${certificates}/${name}`;
const pem = (name) => readFileSync(path(name));
const ca = pem("ca.pem");

/** What a client of a name shows; "nobody" shows nothing. */
const shown = (name) => (name === "nobody" ? {} : { cert: pem(`${name}.pem`), key: pem(`${name}.key`) });

// Where the servers listen: one that asks clients for nothing, one that asks for certificates.
let open, mutual;

before(async () => {
  const tls = [`--TlsCertificate=${path("server.pem")}`, `--TlsKey=${path("server.key")}`];
  [open, mutual] = await Promise.all([
    startScoringServer(undo, ...tls, "--CompressResponses=true"),
    startScoringServer(undo, ...tls, `--TlsClientCa=${path("ca.pem")}`, `--TlsClientCrl=${path("crl.pem")}`),
  ]);
});

suite("TLS", () => {
  test("One port is told, by https", () => {
    assert.match(open.greeting, /gRPC and HTTP https:\/\/127\.0\.0\.1:\d+,/);
    assert.match(mutual.greeting, /\(client certificates required\)/);
    assert.equal(open.ports.grpc, open.ports.http);
  });

  for (const [offered, agreed] of [
    [["h2", "http/1.1"], "h2"],
    [["http/1.1"], "http/1.1"],
    [["h2"], "h2"],
  ]) {
    test(`A client that offers ${offered} speaks ${agreed}`, async (t) => {
      const socket = await connected(t, open, { ALPNProtocols: offered });
      assert.equal(socket.alpnProtocol, agreed);
      assert.ok(socket.authorized);
    });
  }

  test("TLS 1.1 is not spoken", async (t) => {
    await assert.rejects(connected(t, open, { minVersion: "TLSv1.1", maxVersion: "TLSv1.1" }));
  });

  for (const version of ["1.1", "2"]) {
    test(`curl over HTTP/${version} has the probes, the metrics and calls`, async () => {
      const curl = async (path, ...options) => {
        const { stdout } = await promisify(execFile)("curl", [
          ...["-sS", `--http${version}`, "--cacert", `${certificates}/ca.pem`, "-w", " %{http_version}", ...options],
          `${open.ports.http}${path}`,
        ]);
        return stdout;
      };
      assert.equal(await curl("/readyz"), `ready\n ${version}`);
      assert.match(await curl("/metrics"), /scoring_/);
      assert.match(await curl(`/v1/customers/${fresh("unknown")}:score`), /CUSTOMER_NOT_FOUND/);
    });
  }
});

const servers = { "without client certificates": () => open, "with client certificates": () => mutual };
for (const [name, server] of Object.entries(servers)) {
  suite(`TLS ${name}`, () => {
    test("grpc-js calls, and has a stream", async (t) => {
      const credentials = grpc.credentials.createSsl(ca, pem("client.key"), pem("client.pem"));
      const scoring = client(t, server(), ScoringService, credentials);
      const customer_id = fresh("customer");
      await call(scoring, "RecordEvent", { event: { customer_id, type: "session_started" } });
      assert.equal((await call(scoring, "GetScore", { customer_id })).customer_id, customer_id);
      const watch = client(t, server(), Health, credentials).Watch({});
      const [answer] = await once(watch, "data");
      assert.equal(answer.status, "SERVING");
      watch.on("error", () => {});
      watch.cancel();
    });

    const forms = {
      "gRPC-Web over HTTP/1.1": (options) => createGrpcWebTransport({ ...options, httpVersion: "1.1" }),
      "gRPC-Web over HTTP/2": (options) => createGrpcWebTransport({ ...options, httpVersion: "2" }),
      "gRPC over HTTP/2": (options) => createGrpcTransport(options),
    };
    for (const [form, transport] of Object.entries(forms)) {
      test(`connect-node calls by ${form}`, async () => {
        const scoring = createClient(
          types.getService("scoring.v1.ScoringService"),
          transport({
            baseUrl: server().ports.grpc,
            defaultTimeoutMs: patience,
            nodeOptions: { ca, ...shown("client") },
          }),
        );
        const customerId = fresh("customer");
        await scoring.recordEvent({ event: { customerId, type: "session_started" } });
        assert.equal((await scoring.getScore({ customerId })).customerId, customerId);
        await assert.rejects(
          scoring.getScore({ customerId: fresh("unknown") }),
          (error) => ConnectError.from(error).code === Code.NotFound,
        );
      });
    }

    for (const protocol of ["grpcweb", "grpc"]) {
      test(`buf curl calls by ${protocol}`, async () => {
        const { stdout } = await promisify(execFile)(
          `${root}/tests/interop/node/node_modules/.bin/buf`,
          [
            ...["curl", "--protocol", protocol, "--schema", `${root}/protos`, "--cacert", path("ca.pem")],
            ...["--cert", path("client.pem"), "--key", path("client.key")],
            ...["-d", JSON.stringify({ event: { customerId: fresh("customer"), type: "session_started" } })],
            `${server().ports.grpc}/scoring.v1.ScoringService/RecordEvent`,
          ],
          { timeout: patience },
        );
        assert.equal(JSON.parse(stdout).outcome, "OUTCOME_ACCEPTED");
      });
    }
  });
}

suite("Compressed answers", () => {
  for (const [form, create] of Object.entries({ "gRPC-Web": createGrpcWebTransport, gRPC: createGrpcTransport })) {
    test(`connect-node takes gzip by ${form}, and sends it`, async () => {
      const models = createClient(
        types.getService("scoring.v1.ModelService"),
        create({
          baseUrl: open.ports.grpc,
          httpVersion: "2",
          defaultTimeoutMs: patience,
          nodeOptions: { ca },
          acceptCompression: [compressionGzip],
          sendCompression: compressionGzip,
          compressMinBytes: 1,
        }),
      );
      let headers;
      const answer = await models.listScoringModels({ pageSize: 1 }, { onHeader: (seen) => (headers = seen) });
      assert.equal(answer.models[0].name, "engagement");
      assert.equal(headers.get("grpc-encoding"), "gzip");
    });
  }

  // It offers gzip and deflate by itself, and takes away the header that would tell which one came.
  test("grpc-js reads them", async (t) => {
    const models = client(t, open, ModelService, grpc.credentials.createSsl(ca));
    const answer = await call(models, "ListScoringModels", { page_size: 1 });
    assert.equal(answer.models[0].name, "engagement");
  });
});

test("The plain port beside TLS answers probes and refuses calls", async () => {
  const server = await startScoringServer(
    undo,
    ...["--TlsCertificate", "--TlsKey"].map((name, i) => `${name}=${path(["server.pem", "server.key"][i])}`),
    "--HttpEndpoint=127.0.0.1:0",
  );
  assert.equal((await fetch(`${server.ports.http}/readyz`)).status, 200);
  for (const call of ["/v1/customers/ada:score", "/scoring.v1.ScoringService/GetScore"]) {
    const method = call.startsWith("/v1") ? "GET" : "POST";
    const headers = { "content-type": "application/grpc-web+proto" };
    assert.equal((await fetch(`${server.ports.http}${call}`, { method, headers })).status, 403, call);
  }
});

suite("TLS that knows who calls", () => {
  for (const name of ["nobody", "stranger", "revoked", "server"]) {
    test(`${name} is refused`, async (t) => {
      const { cert, key } = shown(name);
      const scoring = client(t, mutual, ScoringService, grpc.credentials.createSsl(ca, key, cert));
      await assert.rejects(call(scoring, "GetScore", { customer_id: "ada" }), { code: grpc.status.UNAVAILABLE });
    });
  }

  test("A client that does not know the server's authority refuses it", async (t) => {
    const scoring = client(t, open, ScoringService, grpc.credentials.createSsl(pem("other.pem")));
    await assert.rejects(call(scoring, "GetScore", { customer_id: "ada" }), { code: grpc.status.UNAVAILABLE });
  });
});

test("A renewed certificate is shown to who comes next, while open connections go on", async (t) => {
  const work = folder((step) => t.after(step));
  const show = (name) => {
    copyFileSync(path(`${name}.pem`), `${work}/tls.pem`);
    copyFileSync(path(`${name}.key`), `${work}/tls.key`);
  };
  show("server");
  const server = await startScoringServer(
    undo,
    `--TlsCertificate=${work}/tls.pem`,
    `--TlsKey=${work}/tls.key`,
    "--TlsReloadInterval=100ms",
  );
  const health = client(t, server, Health, grpc.credentials.createSsl(ca));
  await call(health, "Check", {});
  const before = await connected(t, server);
  show("renewed");
  await server.logged("New TLS files hold from now on: certificate of CN=renewed");
  const after = await connected(t, server);
  assert.equal(before.getPeerCertificate().subject.CN, "server");
  assert.equal(after.getPeerCertificate().subject.CN, "renewed");
  assert.equal((await call(health, "Check", {})).status, "SERVING");
});

/** A client of its own connection, closed with the test `t`. */
function client(t, server, Service, credentials) {
  const client = new Service(new URL(server.ports.grpc).host, credentials, { "grpc.use_local_subchannel_pool": 1 });
  t.after(() => client.close());
  return client;
}

/** A bare connection that has shaken hands, closed with the test `t`. */
async function connected(t, server, options = {}) {
  const { hostname, port } = new URL(server.ports.grpc);
  const socket = connect({ host: hostname, port, ca, servername: "localhost", ...options });
  t.after(() => socket.destroy());
  await once(socket, "secureConnect");
  return socket;
}
