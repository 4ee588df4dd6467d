using System.Collections.Frozen;
using Scoring.Core;

namespace Scoring.Server.Settings;

/// <summary>Every setting there is.</summary>
internal static class SettingCatalog
{
    /// <summary>The section of all settings.</summary>
    public const string Section = "Scoring";

    /// <summary>The section of the settings of a silo, which the standalone server does not look at.</summary>
    public const string SiloSection = "Silo";

    /// <summary>The section, inside <see cref="Section"/>, of workspaces by name.</summary>
    public const string Workspaces = "Workspaces";

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>The settings of the server.</summary>
    public static IReadOnlyList<Setting<ServerSettings>> Server { get; } =
    [
        new(
            "GrpcEndpoint",
            "127.0.0.1:5081",
            "Where gRPC, and Connect and gRPC-Web over HTTP/2, listen; with TLS everything, over HTTP/2 and HTTP/1.1. Written address:port; port 0 takes a free one, * listens on all addresses.",
            (s, text) => s with { GrpcEndpoint = SettingText.Endpoint(text) }
        ),
        new(
            "HttpEndpoint",
            "",
            "Where /healthz, /readyz, /metrics and, for curl and browsers, calls by Connect and gRPC-Web listen (HTTP/1.1, without TLS). Unset means 127.0.0.1:5080, or with TLS nowhere; set with TLS it answers /healthz, /readyz and /metrics only, for probes without certificates.",
            (s, text) => s with { HttpEndpoint = SettingText.Endpoint(text) }
        ),
        new(
            "TlsCertificate",
            "",
            "PEM file of the server's certificate, behind it those between it and a root. Unset means no TLS.",
            (s, text) => s with { TlsCertificate = SettingText.Path(text) }
        ),
        new(
            "TlsKey",
            "",
            "PEM file of the private key of TlsCertificate, without a password.",
            (s, text) => s with { TlsKey = SettingText.Path(text) }
        ),
        new(
            "TlsClientCa",
            "",
            "PEM file of the root certificates that clients' certificates must come from (mutual TLS). Unset means that clients are asked for none.",
            (s, text) => s with { TlsClientCa = SettingText.Path(text) }
        ),
        new(
            "TlsClientCrl",
            "",
            "PEM file of lists of revoked client certificates (X509 CRL). Unset means that none is revoked.",
            (s, text) => s with { TlsClientCrl = SettingText.Path(text) }
        ),
        new(
            "TlsRequireClientCertificate",
            "true",
            "With TlsClientCa, whether a client without a certificate is refused; one with a bad certificate always is.",
            (s, text) => s with { TlsRequireClientCertificate = SettingText.Flag(text) }
        ),
        new(
            "TlsReloadInterval",
            "10s",
            "How often the files of TLS are looked at; what has changed holds for new connections.",
            (s, text) =>
                s with
                {
                    TlsReloadInterval = SettingText.Duration(
                        text,
                        TimeSpan.FromMilliseconds(100),
                        TimeSpan.FromDays(1)
                    ),
                }
        ),
        new(
            "CorsOrigins",
            "",
            "Origins whose pages may call from a browser, such as https://app.example or http://localhost:3000; * for every origin. Unset means none.",
            (s, text) => s with { CorsOrigins = SettingText.Origins(text) }
        )
        {
            IsList = true,
        },
        new(
            "DataDirectory",
            "./data",
            "Where the store lies, relative to the current directory; made when it does not exist. One process at a time.",
            (s, text) => s with { DataDirectory = SettingText.Path(text) }
        ),
        new(
            "ModelsDirectory",
            "",
            "Folder of model files; unset means the models that ship with the program.",
            (s, text) => s with { ModelsDirectory = SettingText.Path(text) }
        ),
        new(
            "PortsFile",
            "",
            "File that is written once the server listens: {\"grpc\": URL, \"http\": URL, \"pid\": N}. Unset means none.",
            (s, text) => s with { PortsFile = SettingText.Path(text) }
        ),
        new(
            "Durability",
            "OnDisk",
            "What an acknowledged write survives: OnDisk a power failure, InOsCache a crash of the process, not of the machine (faster).",
            (s, text) => s with { Durability = SettingText.Durability(text) }
        ),
        new(
            "Partitions",
            "",
            "Partitions that customers are divided among, 1 to 1,024; unset means one per processor. Fixed when the store is made.",
            (s, text) => s with { Partitions = SettingText.Whole(text, 1, 1_024) }
        ),
        new(
            "MaxQueuedBytes",
            "32MiB",
            "Writes that may wait per partition before they are refused with RESOURCE_EXHAUSTED.",
            (s, text) => s with { MaxQueuedBytes = SettingText.Bytes(text, 64L << 10, 64L << 30) }
        ),
        new(
            "DuplicateWindow",
            "1h",
            "How long the ids of events are remembered, so that a retry is not counted twice.",
            (s, text) =>
                s with
                {
                    DuplicateWindow = SettingText.Duration(text, TimeSpan.Zero, TimeSpan.FromDays(3_650)),
                }
        ),
        new(
            "DuplicateWindowMinimum",
            "1000000",
            "Newest ids remembered per partition, whatever their age.",
            (s, text) => s with { DuplicateWindowMinimum = SettingText.Whole(text, 1, 1_000_000_000) }
        ),
        new(
            "DuplicateWindowMaximum",
            "8000000",
            "Most ids remembered per partition, whatever their age; about 43 bytes of memory each.",
            (s, text) => s with { DuplicateWindowMaximum = SettingText.Whole(text, 1, 1_000_000_000) }
        ),
        new(
            "CheckpointBytes",
            "256MiB",
            "Journal after which a checkpoint starts; bounds how long a start after a crash takes.",
            (s, text) => s with { CheckpointBytes = SettingText.Bytes(text, 64L << 10, 1L << 40) }
        ),
        new(
            "CheckpointInterval",
            "5m",
            "Time after which a checkpoint starts when there is anything to save.",
            (s, text) =>
                s with
                {
                    CheckpointInterval = SettingText.Duration(text, TimeSpan.FromSeconds(1), TimeSpan.FromDays(40)),
                }
        ),
        new(
            "MaxFutureSkew",
            "5m",
            "How far occurred_at of an event may lie ahead of the server's clock.",
            (s, text) => s with { MaxFutureSkew = SettingText.Duration(text, TimeSpan.Zero, Week) }
        ),
        new(
            "MaxBatch",
            "10000",
            "Most events, customers or accounts of one call.",
            (s, text) => s with { MaxBatch = SettingText.Whole(text, 1, 1_000_000) }
        ),
        new(
            "MaxMessageBytes",
            "16MiB",
            "Largest request or response message, uncompressed.",
            (s, text) => s with { MaxMessageBytes = (int)SettingText.Bytes(text, 64L << 10, 1L << 30) }
        ),
        new(
            "CompressResponses",
            "false",
            "Whether answers are compressed for callers that take gzip, br or deflate: fewer bytes for more processor time. Requests may always be compressed.",
            (s, text) => s with { CompressResponses = SettingText.Flag(text) }
        ),
        new(
            "ShutdownTimeout",
            "30s",
            "How long running calls may take to finish when the server is told to stop.",
            (s, text) => s with { ShutdownTimeout = SettingText.Duration(text, TimeSpan.Zero, TimeSpan.FromHours(1)) }
        ),
        new(
            "AccessLog",
            "false",
            "Whether every call is logged when it has ended: a line of information in the category Scoring.Rpc.Access.",
            (s, text) => s with { AccessLog = SettingText.Flag(text) }
        ),
        new(
            "OtlpEndpoint",
            "",
            "Collector that spans, metrics and logs are exported to by OTLP, such as http://127.0.0.1:4317; unset means OTEL_EXPORTER_OTLP_ENDPOINT, or none.",
            (s, text) => s with { OtlpEndpoint = SettingText.HttpUrl(text) }
        ),
        new(
            "OtlpProtocol",
            "",
            "How the collector is spoken to: grpc, or http/protobuf with /v1/traces and so on below the endpoint; unset means OTEL_EXPORTER_OTLP_PROTOCOL, or grpc.",
            (s, text) => s with { OtlpProtocol = SettingText.OtlpProtocol(text) }
        ),
    ];

    /// <summary>The settings of each workspace.</summary>
    public static IReadOnlyList<Setting<WorkspaceValues>> Workspace { get; } =
    [
        new(
            "HalfLivesDays",
            "7,30",
            "Half-lives in days that facts are kept for, 1 to 8 of them, rising. Cannot change once the workspace has facts.",
            (w, text) => w with { HalfLivesDays = SettingText.HalfLives(text) }
        )
        {
            IsList = true,
        },
        new(
            "KeyFeatures",
            "",
            "Features that count for the depth of an account; empty means every feature that was ever used.",
            (w, text) => w with { KeyFeatures = SettingText.Names(text, Limits.Features) }
        )
        {
            IsList = true,
        },
        new(
            "PassiveEventTypes",
            string.Join(',', WorkspaceValues.DefaultPassiveEventTypes),
            "Event types that happen to a customer: they are scored but make nobody active.",
            (w, text) => w with { PassiveEventTypes = SettingText.Names(text, Limits.EventTypes) }
        )
        {
            IsList = true,
        },
        new(
            "DefaultModel",
            "engagement",
            "The model that stands for an empty model in a request.",
            (w, text) => w with { DefaultModel = SettingText.Name(text) }
        ),
    ];

    /// <summary>The settings of the server by name; names are case-insensitive, as configuration is.</summary>
    public static FrozenDictionary<string, Setting<ServerSettings>> ServerByName { get; } =
        Server.ToFrozenDictionary(setting => setting.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The settings of a workspace by name.</summary>
    public static FrozenDictionary<string, Setting<WorkspaceValues>> WorkspaceByName { get; } =
        Workspace.ToFrozenDictionary(setting => setting.Name, StringComparer.OrdinalIgnoreCase);
}
