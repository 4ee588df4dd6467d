using System.Net;
using Scoring.Core;
using Scoring.Core.Workspaces;

namespace Scoring.Server.Settings;

/// <summary>The settings of the server, each valid in itself. <see cref="SettingCatalog"/> describes them.</summary>
internal sealed record ServerSettings
{
    public IPEndPoint GrpcEndpoint { get; init; } = new(IPAddress.Loopback, 5081);

    /// <summary>Null: <see cref="PlainHttpEndpoint"/> tells.</summary>
    public IPEndPoint? HttpEndpoint { get; init; }

    /// <summary>Empty: no TLS.</summary>
    public string TlsCertificate { get; init; } = "";

    public string TlsKey { get; init; } = "";

    /// <summary>Empty: clients are asked for no certificate.</summary>
    public string TlsClientCa { get; init; } = "";

    /// <summary>Empty: no certificate of a client is revoked.</summary>
    public string TlsClientCrl { get; init; } = "";

    public bool TlsRequireClientCertificate { get; init; } = true;

    public TimeSpan TlsReloadInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Origins in their normal form; empty: pages of other origins may not call.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    public string DataDirectory { get; init; } = "./data";

    /// <summary>Empty stands for the folder that ships with the program.</summary>
    public string ModelsDirectory { get; init; } = "";

    /// <summary>Empty: none is written.</summary>
    public string PortsFile { get; init; } = "";

    public Durability Durability { get; init; } = Durability.OnDisk;

    /// <summary>Null: one per processor.</summary>
    public int? Partitions { get; init; }

    public long MaxQueuedBytes { get; init; } = 32L << 20;

    public TimeSpan DuplicateWindow { get; init; } = TimeSpan.FromHours(1);

    public int DuplicateWindowMinimum { get; init; } = 1_000_000;

    public int DuplicateWindowMaximum { get; init; } = 8_000_000;

    public long CheckpointBytes { get; init; } = 256L << 20;

    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan MaxFutureSkew { get; init; } = TimeSpan.FromMinutes(5);

    public int MaxBatch { get; init; } = 10_000;

    public int MaxMessageBytes { get; init; } = 16 << 20;

    public bool CompressResponses { get; init; }

    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public bool AccessLog { get; init; }

    /// <summary>Null: as the environment says by OTEL_EXPORTER_OTLP_ENDPOINT, or not at all.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Empty: as the environment says by OTEL_EXPORTER_OTLP_PROTOCOL, or gRPC.</summary>
    public string OtlpProtocol { get; init; } = "";

    /// <summary>The workspaces by name; "default" is always among them.</summary>
    public IReadOnlyList<WorkspaceSettings> Workspaces { get; init; } =
    [new WorkspaceValues().Named(WorkspaceSettings.DefaultName)];

    public bool UsesTls => TlsCertificate.Length > 0;

    /// <summary>Where HTTP/1.1 listens without TLS; null for nowhere, as with TLS one port serves everything.</summary>
    public IPEndPoint? PlainHttpEndpoint => HttpEndpoint ?? (UsesTls ? null : new(IPAddress.Loopback, 5080));
}
