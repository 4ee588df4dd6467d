using System.Diagnostics.Metrics;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Interceptors;
using Scoring.Rpc.Json;
using Scoring.Rpc.Messages;
using Scoring.Rpc.Protocols;
using Scoring.Rpc.Protocols.Connect;
using Scoring.Rpc.Protocols.Grpc;
using Scoring.Rpc.Protocols.GrpcWeb;
using Scoring.Rpc.Telemetry;

namespace Scoring.Rpc.Hosting;

/// <summary>What all calls of a server share, and which services it has.</summary>
internal sealed class RpcServer
{
    private readonly IProtocol[] _protocols =
    [
        new GrpcProtocol(),
        new GrpcWebProtocol(),
        new ConnectUnaryProtocol(),
        new ConnectStreamProtocol(),
    ];
    private readonly Dictionary<string, ServiceDescriptor> _services = new(StringComparer.Ordinal);
    private readonly Lazy<JsonMapping> _json;
    private readonly AccessLog? _accessLog;

    public RpcServer(
        IOptions<RpcServerOptions> options,
        ILoggerFactory loggers,
        IMeterFactory meters,
        IEnumerable<IRpcInterceptor> interceptors,
        IHostApplicationLifetime? lifetime = null,
        TimeProvider? time = null
    )
    {
        Stopping = lifetime?.ApplicationStopping ?? CancellationToken.None;
        Options = options.Value;
        Log = new CallLog(loggers.CreateLogger("Scoring.Rpc"));
        Time = time ?? TimeProvider.System;
        Telemetry = new RpcTelemetry(meters, Time);
        Interceptors = [.. interceptors];
        _accessLog = Interceptors.OfType<AccessLog>().FirstOrDefault();
        ReceiveLimit = new MessageLimit(
            Options.MaxReceiveMessageSize,
            "the server's RpcServerOptions.MaxReceiveMessageSize"
        );
        _json = new Lazy<JsonMapping>(() => new JsonMapping(_services.Values.Select(service => service.File)));
        SendLimit = new MessageLimit(Options.MaxSendMessageSize, "the server's RpcServerOptions.MaxSendMessageSize");
    }

    public RpcServerOptions Options { get; }

    public CallLog Log { get; }

    public TimeProvider Time { get; }

    public RpcTelemetry Telemetry { get; }

    /// <summary>What stands around every call; the outermost first.</summary>
    public IReadOnlyList<IRpcInterceptor> Interceptors { get; }

    public CancellationToken Stopping { get; }

    public MessageLimit ReceiveLimit { get; }

    public MessageLimit SendLimit { get; }

    /// <summary>Messages as JSON; made at the first call that needs it, when all services are mapped.</summary>
    public JsonMapping Json => _json.Value;

    public IReadOnlyList<IProtocol> Protocols => _protocols;

    /// <summary>The services by full name, complete once the server has started.</summary>
    public IReadOnlyDictionary<string, ServiceDescriptor> Services => _services;

    /// <summary>The protocol of a request; null if it is of none that carries the method, if that is known.</summary>
    public IProtocol? ProtocolOf(HttpRequest request, RpcMethod? method = null)
    {
        foreach (var protocol in _protocols)
        {
            if (protocol.Accepts(request) && (method is null || protocol.Carries(method)))
            {
                return protocol;
            }
        }

        return null;
    }

    /// <summary>Answers a request for a method that does not exist.</summary>
    public void AnswerUnimplemented(HttpContext http, IProtocol protocol, string message)
    {
        Telemetry.CountUnknown(http, protocol.System);
        _accessLog?.LogUnknown(http, protocol);
        protocol.AnswerUnimplemented(http, this, message);
    }

    /// <summary>Takes a service in.</summary>
    /// <exception cref="RpcBindingException">It is in already.</exception>
    public void Add(ServiceDescriptor service)
    {
        if (!_services.TryAdd(service.FullName, service))
        {
            throw new RpcBindingException($"{service.FullName} is mapped twice.");
        }
    }
}
