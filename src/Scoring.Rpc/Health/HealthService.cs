using Grpc.Health.V1;
using Scoring.Rpc.Hosting;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Scoring.Rpc;

/// <summary>The states of a server and its services as <c>grpc.health.v1</c> tells them. Safe for concurrent use.</summary>
/// <remarks>
/// The empty name is the server as a whole and starts as serving. A mapped service follows it until it is set itself. When the host
/// begins to stop, everything is not serving for good, and the streams of watchers end after they were told.
/// </remarks>
public sealed class HealthService
{
    /// <summary>The name that stands for the server as a whole.</summary>
    public const string WholeServer = "";

    private readonly RpcServer _server;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HealthStatus> _statuses = new(StringComparer.Ordinal)
    {
        [WholeServer] = HealthStatus.Serving,
    };
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _stopping;

    internal HealthService(RpcServer server)
    {
        _server = server;
        server.Stopping.Register(Stop);
    }

    /// <summary>Sets the status of a service and tells watchers.</summary>
    /// <param name="service">The full name of the service; empty for the server as a whole.</param>
    /// <param name="status">The status from now on; has no effect once the host is stopping.</param>
    public void SetStatus(string service, HealthStatus status)
    {
        lock (_gate)
        {
            _statuses[service] = status;
            TellWatchers();
        }
    }

    /// <summary>The rpc <c>Check</c>.</summary>
    /// <param name="request">The service asked about.</param>
    /// <param name="context">The call.</param>
    /// <exception cref="RpcException">NOT_FOUND: the service is not known.</exception>
    public ValueTask<HealthCheckResponse> Check(HealthCheckRequest request, CallContext context)
    {
        lock (_gate)
        {
            return StatusOf(request.Service) is var status && status == ServingStatus.ServiceUnknown
                ? throw new RpcException(
                    StatusCode.NotFound,
                    $"Service '{PeerText.Of(request.Service)}' is not known here."
                )
                : ValueTask.FromResult(new HealthCheckResponse { Status = status });
        }
    }

    /// <summary>The rpc <c>List</c>.</summary>
    /// <param name="request">Nothing.</param>
    /// <param name="context">The call.</param>
    public ValueTask<HealthListResponse> List(HealthListRequest request, CallContext context)
    {
        lock (_gate)
        {
            var response = new HealthListResponse();
            foreach (var service in _statuses.Keys.Union(_server.Services.Keys, StringComparer.Ordinal))
            {
                response.Statuses[service] = new HealthCheckResponse { Status = StatusOf(service) };
            }

            return ValueTask.FromResult(response);
        }
    }

    /// <summary>The rpc <c>Watch</c>: the status now and whenever it has changed; a slow watcher may miss what did not last.</summary>
    /// <param name="request">The service asked about.</param>
    /// <param name="context">The call.</param>
    public async IAsyncEnumerable<HealthCheckResponse> Watch(HealthCheckRequest request, CallContext context)
    {
        var last = ServingStatus.Unknown;
        while (true)
        {
            var (status, changed, stopping) = Snapshot(request.Service);
            if (status != last)
            {
                last = status;
                yield return new HealthCheckResponse { Status = status };
            }

            if (stopping)
            {
                yield break;
            }

            await changed.WaitAsync(context.CancellationToken);
        }
    }

    private (ServingStatus Status, Task Changed, bool Stopping) Snapshot(string service)
    {
        lock (_gate)
        {
            return (StatusOf(service), _changed.Task, _stopping);
        }
    }

    private ServingStatus StatusOf(string service)
    {
        if (!_statuses.TryGetValue(service, out var status))
        {
            if (!_server.Services.ContainsKey(service))
            {
                return ServingStatus.ServiceUnknown;
            }

            status = _statuses[WholeServer];
        }

        return status == HealthStatus.Serving && !_stopping ? ServingStatus.Serving : ServingStatus.NotServing;
    }

    private void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            TellWatchers();
        }
    }

    private void TellWatchers()
    {
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
