using Scoring.Core.Workspaces;

namespace Scoring.Server;

/// <summary>Settings of the front.</summary>
public sealed record FrontOptions
{
    /// <summary>Calls may hold at least so many of the largest messages: then there is room for one, whatever is made of it.</summary>
    internal const int LeastMessages = 8;

    /// <summary>How far an event may lie ahead of the clock; not negative.</summary>
    public TimeSpan MaxFutureSkew { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Most elements of one batch, at least 1.</summary>
    public int MaxBatch { get; init; } = 10_000;

    /// <summary>Most batches of one stream that are under way at once, at least 1.</summary>
    public int MaxStreamBatches { get; init; } = 8;

    /// <summary>How long a stream waits for room in a queue before it fails with RESOURCE_EXHAUSTED; not negative.</summary>
    public TimeSpan MaxStreamWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between two checks of the backend's health; above 0.</summary>
    public TimeSpan HealthCheckPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a check of the backend's health may take; above 0.</summary>
    public TimeSpan HealthCheckTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest request or response message in bytes, uncompressed; at least 1.</summary>
    public int MaxMessageBytes { get; init; } = 16 << 20;

    /// <summary>Most bytes that calls may make the server hold, together; null for a quarter of what the process may use.</summary>
    public long? CallMemory { get; init; }

    /// <summary>Whether gRPC and gRPC-Web answers are compressed for callers that take gzip.</summary>
    public bool CompressResponses { get; init; }

    /// <summary>Whether reflection tells which methods there are.</summary>
    public bool Reflection { get; init; } = true;

    /// <summary>Whether /metrics tells how the server fares.</summary>
    public bool Metrics { get; init; } = true;

    /// <summary>Whether there is a port without TLS beside one with it: for operators, not for callers.</summary>
    public bool HasOperatorsPort { get; init; }

    /// <summary>Whether others than this machine reach the server, though calls are not encrypted or anybody may make them.</summary>
    public bool IsInsecure { get; init; }

    /// <summary>Whether there is a description of the JSON routes, and a page to try them.</summary>
    public bool ApiPage { get; init; }

    /// <summary>Whether every call is logged when it has ended.</summary>
    public bool AccessLog { get; init; }

    /// <summary>The workspaces, each name once.</summary>
    public IReadOnlyList<WorkspaceSettings> Workspaces { get; init; } =
    [new WorkspaceSettings { Name = WorkspaceSettings.DefaultName }];
}
