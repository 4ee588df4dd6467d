// Servers that a specification starts for itself, with settings that the one of run.sh does not have.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { once } from "node:events";
import { after } from "node:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The folder with google/rpc as Google publishes it. */
export const commonProtos = execFileSync(`${root}/tests/interop/common-protos.sh`, { encoding: "utf8" }).trim();

const patience = 60_000;

/** What is to be undone after the tests of a file: call it with each step, the last one goes first. */
export function undoing() {
  const steps = [];
  after(async () => {
    while (steps.length > 0) {
      await steps.pop()();
    }
  });
  return (step) => steps.push(step);
}

/** A folder that is gone in the end. */
export function folder(undo) {
  const path = mkdtempSync(join(tmpdir(), "scoring-interop-"));
  undo(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Starts the scoring server on free ports; `ports` says where it listens, `logged(text)` waits for a line of its log. */
export function startScoringServer(undo, ...settings) {
  const work = folder(undo);
  return start(undo, work, `${root}/src/Scoring.Server/bin/Release/net10.0/Scoring.Server.dll`, [
    "--GrpcEndpoint=127.0.0.1:0",
    `--DataDirectory=${work}/data`,
    `--PortsFile=${work}/ports.json`,
    ...settings,
  ]);
}

async function start(undo, work, program, options) {
  const server = spawn("dotnet", [program, ...options], { cwd: work, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(server, "exit");
  undo(async () => {
    const late = setTimeout(() => server.kill("SIGKILL"), patience);
    server.kill("SIGTERM");
    await ended;
    clearTimeout(late);
  });
  const lines = [];
  const waiting = new Set();
  const log = createInterface(server.stderr);
  log.on("line", (line) => {
    lines.push(line);
    waiting.forEach((look) => look(line));
  });
  // Its first line says that it listens; by then the file of the ports is there.
  const greeting = await Promise.race([once(createInterface(server.stdout), "line"), ended.then(() => null)]);
  if (greeting === null) {
    throw new Error(`The server did not start: ${lines.join("\n")}`);
  }
  const logged = (text) =>
    new Promise((resolve) => {
      const look = (line) => {
        if (line.includes(text)) {
          waiting.delete(look);
          resolve(line);
        }
      };
      waiting.add(look);
      [...lines].forEach(look);
    });
  return { greeting: greeting[0], ports: JSON.parse(readFileSync(`${work}/ports.json`, "utf8")), logged };
}
