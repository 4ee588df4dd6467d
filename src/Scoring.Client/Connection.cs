using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Scoring.V1;

namespace Scoring.Client;

/// <summary>The settings of a channel: limits, retries, and the HTTP connection below.</summary>
internal static class Connection
{
    // As those of RetryOptions.
    private static readonly TimeSpan InitialBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(10);

    // A request that is kept to be sent again; beyond it, calls are made without retries.
    private const int CallsKept = 8;

    /// <summary>What methods begin with whose second attempt would do something else than the first.</summary>
    private static readonly string[] Changes = ["Create", "Put", "Rollback", "Adopt", "Delete", "Correct"];

    private static readonly ServiceDescriptor[] Services =
    [
        ScoringService.Descriptor,
        ModelService.Descriptor,
        SegmentService.Descriptor,
        CustomerService.Descriptor,
        HistoryService.Descriptor,
        AdminService.Descriptor,
    ];

    /// <summary>The server's address.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public static Uri AddressOf(ScoringClientOptions options)
    {
        if (!Uri.TryCreate(options.Address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException(
                $"'{options.Address}' is no address of a server; write for example http://localhost:5081",
                nameof(options)
            );
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(
            options.Timeout ?? TimeSpan.MaxValue,
            TimeSpan.Zero,
            nameof(options)
        );
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxAttempts, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxAttempts, 10, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxMessageBytes, 1, nameof(options));
        KeyHeader.Require(options, uri);
        return uri;
    }

    /// <summary>Sets message limits and retries.</summary>
    public static void Configure(GrpcChannelOptions channel, ScoringClientOptions options)
    {
        channel.MaxSendMessageSize = options.MaxMessageBytes;
        channel.MaxReceiveMessageSize = options.MaxMessageBytes;
        if (options.MaxAttempts == 1)
        {
            return;
        }

        channel.MaxRetryAttempts = options.MaxAttempts;
        channel.MaxRetryBufferPerCallSize = options.MaxMessageBytes;
        channel.MaxRetryBufferSize = (long)CallsKept * options.MaxMessageBytes;
        channel.ServiceConfig = new ServiceConfig
        {
            MethodConfigs =
            {
                // StreamEvents is not among them: EventSender sends again what was not answered.
                Retried(
                    options.MaxAttempts,
                    [StatusCode.Unavailable, StatusCode.ResourceExhausted, StatusCode.Cancelled],
                    Methods(method => !method.IsClientStreaming && !method.IsServerStreaming && !IsChange(method))
                ),
                // Their outcome is unknown after UNAVAILABLE: a second attempt would be refused for its etag or find nothing to delete, make another
                // version of what was put already, or a second key while nobody has the first, or void another event that is alike.
                Retried(options.MaxAttempts, [StatusCode.ResourceExhausted], Methods(IsChange)),
            },
        };
    }

    /// <summary>A handler fit for gRPC.</summary>
    /// <exception cref="InvalidDataException">A file of <see cref="ScoringClientOptions.Tls"/> is no good.</exception>
    public static HttpMessageHandler Handler(ScoringClientOptions options) =>
        new ConnectionAdvice(Sockets(options), options.Tls?.CertificateFile);

    private static SocketsHttpHandler Sockets(ScoringClientOptions options) =>
        new()
        {
            SslOptions = options.Tls is { } tls ? ClientTls.Load(tls) : new(),
            // A server allows some hundred streams per connection; more calls take another connection instead of waiting.
            EnableMultipleHttp2Connections = true,
            // A connection that died silently is noticed while calls wait on it.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            UseCookies = false,
            UseProxy = false,
        };

    private static bool IsChange(MethodDescriptor method) =>
        Array.Exists(Changes, verb => method.Name.StartsWith(verb, StringComparison.Ordinal));

    private static IEnumerable<MethodName> Methods(Func<MethodDescriptor, bool> chosen) =>
        Services
            .SelectMany(service => service.Methods)
            .Where(chosen)
            .Select(method => new MethodName { Service = method.Service.FullName, Method = method.Name });

    private static MethodConfig Retried(int attempts, StatusCode[] codes, IEnumerable<MethodName> methods)
    {
        var policy = new Grpc.Net.Client.Configuration.RetryPolicy
        {
            MaxAttempts = attempts,
            InitialBackoff = InitialBackoff,
            MaxBackoff = MaxBackoff,
            BackoffMultiplier = 2,
        };
        Array.ForEach(codes, policy.RetryableStatusCodes.Add);
        var config = new MethodConfig { RetryPolicy = policy };
        foreach (var method in methods)
        {
            config.Names.Add(method);
        }

        return config;
    }
}
