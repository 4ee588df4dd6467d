using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Scoring.V1;

namespace Scoring.Client;

/// <summary>One connection to a server and the generated clients of its services. Safe for concurrent use; keep one per server.</summary>
/// <remarks>
/// <para>A unary call that names no deadline has that of <see cref="ScoringClientOptions.Timeout"/>.</para>
/// <para>Unary calls are tried again after UNAVAILABLE, CANCELLED by the server, and RESOURCE_EXHAUSTED, when the server advises
/// (<c>grpc-retry-pushback-ms</c>) or after a pause that doubles from 100 ms to 10 s, up to <see cref="ScoringClientOptions.MaxAttempts"/>
/// times within their deadline; <c>PutScoringModel</c>, <c>RollbackScoringModel</c>, <c>AdoptScoringModel</c>, <c>DeleteScoringModel</c>, <c>DeleteCustomer</c>, <c>DeleteAccount</c>, <c>PutScoreAdjustment</c>, <c>DeleteScoreAdjustment</c>, <c>CorrectEvents</c> and <c>CreateApiKey</c> only after RESOURCE_EXHAUSTED, which says
/// that nothing was changed.
/// <c>RevokeApiKey</c> says NOT_FOUND where an earlier attempt, whose answer was lost, has revoked the key.</para>
/// <para>No retry counts twice: an event of <c>RecordEvent</c> or <c>RecordEvents</c> without <c>event_id</c> is given one. The request itself is not
/// changed, so a caller who repeats a call by itself gives events ids of its own.</para>
/// <para>Every call fails with <see cref="RpcException"/>; <c>error.GetRpcStatus()?.GetDetail&lt;BadRequest&gt;()</c> (Grpc.StatusProto)
/// tells which field is at fault, <c>ErrorInfo</c> the reason, and <c>RetryInfo</c> when to try again.</para>
/// </remarks>
public sealed class ScoringClient : IDisposable
{
    private readonly GrpcChannel? _channel;

    /// <summary>A client of the server at an address. Connects with the first call.</summary>
    /// <param name="address">For example <c>http://localhost:5081</c>, or one of https.</param>
    /// <exception cref="ArgumentException">The address is none.</exception>
    public ScoringClient(string address)
        : this(new ScoringClientOptions { Address = address }) { }

    /// <summary>A client with settings. Connects with the first call.</summary>
    /// <param name="options">The settings.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or <see cref="ScoringClientOptions.ApiKey"/> would be sent in plain text.</exception>
    /// <exception cref="InvalidDataException">A file of <see cref="ScoringClientOptions.Tls"/> is no good.</exception>
    public ScoringClient(ScoringClientOptions options)
        : this(Channel(options), options) { }

    /// <summary>A client over a call invoker that keeps deadlines and retries itself.</summary>
    internal ScoringClient(CallInvoker invoker)
    {
        Invoker = invoker;
        Scoring = new ScoringService.ScoringServiceClient(invoker);
        Models = new ModelService.ModelServiceClient(invoker);
        Segments = new SegmentService.SegmentServiceClient(invoker);
        Customers = new CustomerService.CustomerServiceClient(invoker);
        History = new HistoryService.HistoryServiceClient(invoker);
        Admin = new AdminService.AdminServiceClient(invoker);
    }

    private ScoringClient(GrpcChannel channel, ScoringClientOptions options)
        : this(channel.Intercept(new CallDefaults(options.Timeout))) => _channel = channel;

    /// <summary>Records events, reads scores, segments and accounts.</summary>
    public ScoringService.ScoringServiceClient Scoring { get; }

    /// <summary>Reads and changes the scoring models.</summary>
    public ModelService.ModelServiceClient Models { get; }

    /// <summary>Reads and changes the saved segments.</summary>
    public SegmentService.SegmentServiceClient Segments { get; }

    /// <summary>Tells all that is known of one customer or account, adjusts scores by hand, and deletes customers and accounts.</summary>
    public CustomerService.CustomerServiceClient Customers { get; }

    /// <summary>Tells what scores of a customer or a segment were, how an account fared, why a customer's score changed, and what becomes of it.</summary>
    public HistoryService.HistoryServiceClient History { get; }

    /// <summary>Creates and revokes API keys, reads the audit log.</summary>
    public AdminService.AdminServiceClient Admin { get; }

    /// <summary>The connection, for other services of the server (health, reflection).</summary>
    public CallInvoker Invoker { get; }

    /// <summary>Closes the connection; calls that still run fail. A client of a container leaves that to the container.</summary>
    public void Dispose() => _channel?.Dispose();

    private static GrpcChannel Channel(ScoringClientOptions options)
    {
        var address = Connection.AddressOf(options);
        var settings = new GrpcChannelOptions
        {
            HttpHandler = new KeyHeader(options.ApiKey) { InnerHandler = Connection.Handler(options) },
            DisposeHttpClient = true,
        };
        Connection.Configure(settings, options);
        return GrpcChannel.ForAddress(address, settings);
    }
}
