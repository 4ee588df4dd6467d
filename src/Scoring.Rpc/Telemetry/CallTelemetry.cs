using System.Diagnostics;

namespace Scoring.Rpc.Telemetry;

/// <summary>What is measured of one running call; the default when nobody listens.</summary>
/// <param name="Method">The method; null when nobody listens.</param>
/// <param name="System">The system that the call came by.</param>
/// <param name="Since">When it came, by the clock of the server.</param>
/// <param name="Span">Its span; null when it is not traced.</param>
internal readonly record struct CallTelemetry(MethodTelemetry? Method, RpcSystem System, long Since, Activity? Span);
