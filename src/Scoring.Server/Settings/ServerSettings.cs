using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;
using Scoring.Core;
using Scoring.Core.Workspaces;
using Scoring.Server.Settings.Rules;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Settings;

/// <summary>
/// The settings of the server. What has a description can be set; with its default and its rule that makes the help, the reference and the
/// messages about wrong values.
/// </summary>
internal sealed record ServerSettings
{
    /// <summary>The section of all of them.</summary>
    public const string Section = "Scoring";

    [Description(
        "Where gRPC, and gRPC-Web and JSON over HTTP/2, listen; with TLS everything, over HTTP/2 and HTTP/1.1."
    )]
    public ListenAddress GrpcEndpoint { get; init; } = new(IPAddress.Loopback, 5081);

    /// <summary>Null: <see cref="PlainHttpEndpoint"/> tells.</summary>
    [Description(
        "Where /healthz, /readyz, /metrics and, for curl and browsers, calls in JSON and by gRPC-Web listen (HTTP/1.1, without TLS). Unset means 127.0.0.1:5080, or with TLS nowhere; set with TLS it answers /healthz, /readyz and /metrics only, for probes without certificates."
    )]
    public ListenAddress? HttpEndpoint { get; init; }

    /// <summary>Null: where HTTP listens on loopback addresses only.</summary>
    [Description(
        "Whether the HTTP port offers /openapi.json and a page to try the JSON API in a browser. Unset means only where that port listens on a loopback address."
    )]
    public bool? ApiPage { get; init; }

    [Description("Whether gRPC reflection tells which methods there are.")]
    public bool Reflection { get; init; } = true;

    [Description(
        "Whether /metrics tells how the server fares. With Authentication it needs the role read in all workspaces, but at an HttpEndpoint beside TLS, which is for operators alone."
    )]
    public bool Metrics { get; init; } = true;

    [Description(
        "How callers say who they are: ApiKeys that \"scoring keys\" gives out, Jwt of an OpenID Connect provider, Certificates of clients. Unset means that anybody may do everything."
    )]
    public SettingList<AuthenticationKind> Authentication { get; init; } = new([]);

    /// <summary>Empty: no such key.</summary>
    [Description(
        "File of an API key that may do everything, to create others with; made when it does not exist, and readable by this user alone. All servers of a cluster need the same. Needs Authentication with ApiKeys."
    )]
    [FilePath]
    public string AdminKeyFile { get; init; } = "";

    /// <summary>Empty: JwtKeys and JwtIssuer.</summary>
    [Description(
        "Address of the OpenID Connect provider, such as https://login.example; its keys and issuer are found out there."
    )]
    public string JwtAuthority { get; init; } = "";

    /// <summary>Empty: those of JwtAuthority.</summary>
    [Description(
        "File of the keys that tokens are signed with (JSON Web Key Set), instead of asking JwtAuthority; needs JwtIssuer."
    )]
    [FilePath]
    public string JwtKeys { get; init; } = "";

    /// <summary>Empty: what JwtAuthority says.</summary>
    [Description("Claim \"iss\" that tokens must have; unset means what JwtAuthority says.")]
    public string JwtIssuer { get; init; } = "";

    [Description("Claim \"aud\" that tokens must have.")]
    public string JwtAudience { get; init; } = "";

    [Description("Claim of tokens that has their roles: a list, or a text with spaces between, as \"scope\" is.")]
    public string JwtRoleClaim { get; init; } = "roles";

    [Description("What the roles of tokens allow, for example crm-readers=read@default,ops=admin@*.")]
    public SettingList<GrantRule> JwtGrants { get; init; } = new([]);

    [Description(
        "What clients' certificates allow, by a DNS name, URI or common name in them, for example crm.example=ingest@default. Needs TlsClientCa."
    )]
    public SettingList<GrantRule> CertificateGrants { get; init; } = new([]);

    [Description(
        "Whether the server may listen beyond this machine without TLS or without Authentication, which otherwise stops its start. Only where something else protects both, such as a service mesh."
    )]
    public bool Insecure { get; init; }

    /// <summary>Empty: no TLS.</summary>
    [Description("PEM file of the server's certificate, behind it those between it and a root. Unset means no TLS.")]
    [FilePath]
    public string TlsCertificate { get; init; } = "";

    [Description("PEM file of the private key of TlsCertificate, without a password.")]
    [FilePath]
    public string TlsKey { get; init; } = "";

    /// <summary>Empty: clients are asked for no certificate.</summary>
    [Description(
        "PEM file of the root certificates that clients' certificates must come from (mutual TLS). Unset means that clients are asked for none."
    )]
    [FilePath]
    public string TlsClientCa { get; init; } = "";

    /// <summary>Empty: no certificate of a client is revoked.</summary>
    [Description("PEM file of lists of revoked client certificates (X509 CRL). Unset means that none is revoked.")]
    [FilePath]
    public string TlsClientCrl { get; init; } = "";

    /// <summary>Null: true with TlsClientCa.</summary>
    [Description(
        "Whether a client without a certificate is refused; one with a bad certificate always is. Needs TlsClientCa; unset means true with it."
    )]
    public bool? TlsRequireClientCertificate { get; init; }

    [Description("How often the files of TLS are looked at; what has changed holds for new connections.")]
    [Range(typeof(Duration), "100ms", "1d")]
    public Duration TlsReloadInterval { get; init; } = Duration.Parse("10s");

    [Description("Origins whose pages may call from a browser; * stands for every origin. Unset means none.")]
    public SettingList<Origin> CorsOrigins { get; init; } = new([]);

    [Description(
        "Hosts that requests may be for, as their Host or :authority names them; others are refused with 400, but for probes of health. Unset means, where all ports listen on loopback addresses, localhost and those, and otherwise all."
    )]
    public SettingList<HostPattern> AllowedHosts { get; init; } = new([]);

    [Description(
        "Where the store lies, relative to the current directory; made when it does not exist. One process at a time."
    )]
    [FilePath]
    public string DataDirectory { get; init; } = "./data";

    /// <summary>Empty: the store lies in <see cref="DataDirectory"/>.</summary>
    [Description(
        "PostgreSQL databases that hold the store, so that several servers share it; always the same, in the same order. Unset means files in DataDirectory. For example \"Host=db;Database=scoring;Username=scoring\"."
    )]
    [MinLength(1, ErrorMessage = "connection strings, with | between them")]
    public string Postgres { get; init; } = "";

    [Description("Servers of the same id and the same databases are one cluster. Means nothing without Postgres.")]
    [Name]
    public string ClusterId { get; init; } = "scoring";

    /// <summary>Empty: no TLS.</summary>
    [Description(
        "PEM file of the certificate that this server shows to the others of its cluster, behind it those between it and a root. Unset means that servers speak to each other without TLS."
    )]
    [FilePath]
    public string ClusterCertificate { get; init; } = "";

    [Description("PEM file of the private key of ClusterCertificate, without a password.")]
    [FilePath]
    public string ClusterKey { get; init; } = "";

    [Description(
        "PEM file of the root certificates that the others' certificates must come from. Whoever has one of these is trusted as a server: let the authority issue them for this alone."
    )]
    [FilePath]
    public string ClusterCa { get; init; } = "";

    [Description(
        "Port that servers of a cluster reach each other at; keep it closed to others. Means nothing without Postgres."
    )]
    [Range(1, 65_535)]
    public int SiloPort { get; init; } = 11_111;

    /// <summary>0: at none.</summary>
    [Description(
        "Port at which applications of Microsoft Orleans call the grains of customers, accounts and segments; 0 means at none. It trusts whoever has a certificate of ClusterCa; on other than loopback addresses it needs that."
    )]
    [Range(0, 65_535)]
    public int GatewayPort { get; init; }

    /// <summary>Null: an address of this machine that others reach.</summary>
    [Description(
        "IP address that other servers of the cluster reach this one at; unset means one of this machine. Means nothing without Postgres."
    )]
    public HostAddress? AdvertisedAddress { get; init; }

    /// <summary>Null: <see cref="AdvertisedAddress"/>.</summary>
    [Description(
        "IP address that SiloPort and GatewayPort listen at, 0.0.0.0 for all; unset means AdvertisedAddress. Set it where that is not an address of this machine, as behind a router that translates addresses. Means nothing without Postgres."
    )]
    public HostAddress? SiloListenAddress { get; init; }

    [Description(
        "How long a server may answer without hearing from PostgreSQL. Whoever follows one that was killed waits for the rest of it. Means nothing without Postgres."
    )]
    [Range(typeof(Duration), "1s", "1m")]
    public Duration Lease { get; init; } = Duration.Parse("3s");

    [Description("How long a call waits for partitions that move from one server to another.")]
    [Range(typeof(Duration), "1s", "10m")]
    public Duration MoveTimeout { get; init; } = Duration.Parse("10s");

    /// <summary>Empty stands for the folder that ships with the program.</summary>
    [Description("Folder of model files; unset means the models that ship with the program.")]
    [FilePath]
    public string ModelsDirectory { get; init; } = "";

    /// <summary>Empty: none is written.</summary>
    [Description(
        "File that is written once the server listens: {\"grpc\": URL, \"http\": URL, \"pid\": N}. Unset means none."
    )]
    [FilePath]
    public string PortsFile { get; init; } = "";

    [Description(
        "What an acknowledged write survives: OnDisk a power failure, InOsCache a crash of the process, not of the machine (faster)."
    )]
    public Durability Durability { get; init; } = Durability.OnDisk;

    /// <summary>Null: 64.</summary>
    [Description("Partitions that customers are divided among; unset means 64. Fixed when the store is made.")]
    [Range(1, 1_024)]
    public int? Partitions { get; init; }

    [Description("Writes that may wait before they are refused with RESOURCE_EXHAUSTED.")]
    [Range(typeof(Size), "64KiB", "64GiB")]
    public Size MaxQueuedBytes { get; init; } = Size.Parse("64MiB");

    [Description("How long the ids of events are remembered, so that a retry is not counted twice.")]
    [Range(typeof(Duration), "0s", "3650d")]
    public Duration DuplicateWindow { get; init; } = Duration.Parse("1h");

    [Description("Newest ids remembered over all partitions, whatever their age.")]
    [Range(1, 1_000_000_000)]
    public int DuplicateWindowMinimum { get; init; } = 2_000_000;

    [Description("Most ids remembered over all partitions, whatever their age; about 43 bytes of memory each.")]
    [Range(1, 1_000_000_000)]
    public int DuplicateWindowMaximum { get; init; } = 16_000_000;

    [Description(
        "How long every event is kept after its receipt, from which histories are told. Whole months go; what is known of customers by then stays."
    )]
    [Range(typeof(Duration), "1d", "36500d")]
    public Duration ArchiveRetention { get; init; } = Duration.Parse("400d");

    [Description(
        "Journal after which a checkpoint starts; bounds how long a start after a crash takes. The journal's files take up twice as much, more only where more is written during a checkpoint."
    )]
    [Range(typeof(Size), "64KiB", "1TiB")]
    public Size CheckpointBytes { get; init; } = Size.Parse("256MiB");

    [Description("Time after which a checkpoint starts when there is anything to save.")]
    [Range(typeof(Duration), "1s", "40d")]
    public Duration CheckpointInterval { get; init; } = Duration.Parse("5m");

    [Description("How far occurred_at of an event may lie ahead of the server's clock.")]
    [Range(typeof(Duration), "0s", "7d")]
    public Duration MaxFutureSkew { get; init; } = Duration.Parse("5m");

    [Description(
        "How long a clock of the machine that jumped by more than MaxFutureSkew must stay there before times of receipt follow it; SIGHUP has it followed at once."
    )]
    [Range(typeof(Duration), "0s", "7d")]
    public Duration FollowClockAfter { get; init; } = Duration.Parse("15m");

    [Description("Most events, customers or accounts of one call.")]
    [Range(1, 1_000_000)]
    public int MaxBatch { get; init; } = 10_000;

    [Description("Largest request or response message, uncompressed.")]
    [Range(typeof(Size), "256KiB", "1GiB")]
    public Size MaxMessageBytes { get; init; } = Size.Parse("16MiB");

    /// <summary>Null: a quarter of what the process may use.</summary>
    [Description(
        "Most memory that callers can make the server hold: requests that arrive, what is made of them, answers that are not read yet, streams. A call beyond it is RESOURCE_EXHAUSTED; one connection has a quarter of it, or 5 times MaxMessageBytes. Unset means a quarter of what the process may use, at least 8 times MaxMessageBytes."
    )]
    [Range(typeof(Size), "2MiB", "1TiB")]
    public Size? CallMemory { get; init; }

    [Description("Most bytes of all headers of a call together, its metadata among them.")]
    [Range(typeof(Size), "8KiB", "1MiB")]
    public Size MaxHeaderBytes { get; init; } = Size.Parse("32KiB");

    [Description(
        "Most connections for calls at a time, and as many again at HttpEndpoint. More are closed at once; /readyz tells when nine tenths are taken."
    )]
    [Range(1, 1_000_000)]
    public int MaxConnections { get; init; } = 10_000;

    [Description(
        "Most connections of one address at a time, of one /64 network of IPv6. Raise it to MaxConnections where all callers come through one proxy."
    )]
    [Range(1, 1_000_000)]
    public int MaxConnectionsPerAddress { get; init; } = 1_000;

    [Description("Most calls at a time on one connection of HTTP/2; further ones wait at the client.")]
    [Range(1, 10_000)]
    public int MaxStreamsPerConnection { get; init; } = 100;

    [Description(
        "How long a request may stop before it is whole, and an answer before it is read; less than 240 bytes a second counts as that. The connection is closed then. Streams may rest between messages as long as they like."
    )]
    [Range(typeof(Duration), "2s", "1h")]
    public Duration StallTimeout { get; init; } = Duration.Parse("30s");

    [Description("How long a connection may stay open without a call.")]
    [Range(typeof(Duration), "1s", "1d")]
    public Duration IdleTimeout { get; init; } = Duration.Parse("2m");

    [Description(
        "Whether gRPC and gRPC-Web answers are compressed for callers that take gzip: fewer bytes for more processor time. Requests may always be compressed."
    )]
    public bool CompressResponses { get; init; }

    [Description("How long running calls may take to finish when the server is told to stop.")]
    [Range(typeof(Duration), "0s", "1h")]
    public Duration ShutdownTimeout { get; init; } = Duration.Parse("30s");

    [Description(
        "Whether every call is logged when it has ended: a line of information in the category Scoring.Server.Access."
    )]
    public bool AccessLog { get; init; }

    /// <summary>What is set of workspaces, by their names: the section <c>Workspaces</c>.</summary>
    public Dictionary<string, WorkspaceValues> WorkspaceValues { get; } = [];

    /// <summary>The workspaces by rising name; "default" is always among them.</summary>
    public IReadOnlyList<WorkspaceSettings> Workspaces =>
        [
            .. WorkspaceValues
                .Keys.Append(WorkspaceSettings.DefaultName)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(name => WorkspaceValues.GetValueOrDefault(name, new WorkspaceValues()).Named(name)),
        ];

    public bool UsesTls => TlsCertificate.Length > 0;

    /// <summary>Whether servers of a cluster know each other by certificates.</summary>
    public bool UsesClusterTls => ClusterCertificate.Length > 0;

    /// <summary>Whether the store lies in PostgreSQL, where other servers may use it too.</summary>
    public bool UsesPostgres => Postgres.Length > 0;

    /// <summary>Where HTTP/1.1 listens without TLS; null for nowhere, as with TLS one port serves everything.</summary>
    public IPEndPoint? PlainHttpEndpoint => HttpEndpoint ?? (UsesTls ? null : new IPEndPoint(IPAddress.Loopback, 5080));

    /// <summary>
    /// Where servers of a cluster, and applications of Orleans, reach this one; one that is alone is reached on its own machine. Every address
    /// stands for the one that Orleans chooses where none is set.
    /// </summary>
    public IPAddress SiloAddress =>
        UsesPostgres ? (SiloListenAddress ?? AdvertisedAddress)?.Value ?? IPAddress.Any : IPAddress.Loopback;

    /// <summary>What is dangerous where others than this machine reach the server; null when nothing is, or they do not.</summary>
    public string? Danger =>
        IsProtected || !IsBeyondLoopback(out _, out _) ? null
        : UsesTls ? "anybody may call"
        : Authentication.Count > 0 ? "calls are not encrypted"
        : "calls are not encrypted and anybody may call";

    /// <summary>Whether calls are encrypted, and of callers who are known.</summary>
    public bool IsProtected => UsesTls && Authentication.Count > 0;

    /// <summary>Whether others than this machine reach where calls are taken.</summary>
    /// <param name="name">The setting that says so.</param>
    /// <param name="endpoint">Its value.</param>
    public bool IsBeyondLoopback(out string name, out IPEndPoint endpoint)
    {
        (name, endpoint) = (nameof(GrpcEndpoint), GrpcEndpoint);
        if (IPAddress.IsLoopback(endpoint.Address) && !UsesTls && PlainHttpEndpoint is { } http)
        {
            (name, endpoint) = (nameof(HttpEndpoint), http);
        }
        return !IPAddress.IsLoopback(endpoint.Address);
    }
}
