using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;

namespace Scoring.Rpc.Telemetry;

/// <summary>Measures and traces calls after OpenTelemetry's semantic conventions for RPC: the meter and the source "Scoring.Rpc".</summary>
/// <remarks>Without a listener a call costs two checks; with metrics alone it costs a measurement and no allocation.</remarks>
internal sealed class RpcTelemetry
{
    public const string Name = "Scoring.Rpc";

    /// <summary>The source of the spans that ASP.NET Core makes of requests.</summary>
    private const string HostingSource = "Microsoft.AspNetCore";

    private static readonly ActivitySource Spans = new(Name);

    private readonly Histogram<double> _durations;
    private readonly TimeProvider _time;

    public RpcTelemetry(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        _durations = meters
            .Create(Name)
            .CreateHistogram(
                RpcConventions.ServerDuration,
                unit: "s",
                description: "Measures the duration of an incoming Remote Procedure Call (RPC).",
                tags: null,
                advice: RpcConventions.Durations
            );
    }

    /// <summary>A call has come. Its span is current from here on, if it is traced.</summary>
    public CallTelemetry Start(HttpContext http, MethodTelemetry method, RpcSystem system)
    {
        var traced = Spans.HasListeners();
        return traced || _durations.Enabled
            ? new CallTelemetry(
                method,
                system,
                _time.GetTimestamp(),
                traced ? StartSpan(http.Request, method, system) : null
            )
            : default;
    }

    /// <summary>A call has been answered.</summary>
    public void End(in CallTelemetry call, StatusCode code, string? message)
    {
        if (call.Method is not { } method)
        {
            return;
        }

        var duration = _time.GetElapsedTime(call.Since);
        _durations.Record(duration.TotalSeconds, method.TagsOf(call.System)[code]);
        if (call.Span is not { } span)
        {
            return;
        }

        if (span.IsAllDataRequested)
        {
            Describe(span, call.System.NameOf(code), MethodTelemetry.IsError(code), message);
        }

        if (span.Source == Spans)
        {
            span.SetEndTime(span.StartTimeUtc + duration);
            span.Stop();
        }
    }

    /// <summary>A call of a method that does not exist was answered.</summary>
    public void CountUnknown(HttpContext http, RpcSystem system)
    {
        var call = Start(http, MethodTelemetry.Other, system);
        call.Span?.SetTag(RpcConventions.OriginalMethod, http.Request.Path.ToUriComponent().TrimStart('/'));
        End(call, StatusCode.Unimplemented, message: null);
    }

    private static Activity? StartSpan(HttpRequest request, MethodTelemetry method, RpcSystem system)
    {
        var name = method == MethodTelemetry.Other ? system.Name : method.Name;
        var tags = Describe(request, method, system);
        // Whoever traces ASP.NET Core has a span of this request already: a call is one span, so that one is named for it.
        if (Activity.Current is { Source.Name: HostingSource, IsAllDataRequested: true } hosting)
        {
            hosting.DisplayName = name;
            foreach (var (key, value) in tags)
            {
                hosting.SetTag(key, value);
            }

            return hosting;
        }

        // The parent is the caller's span or nothing, never the activity that ASP.NET Core makes for its log and that nobody sees.
        var current = Activity.Current;
        Activity.Current = null;
        var span = Spans.StartActivity(name, ActivityKind.Server, ParentOf(request), tags);
        if (span is null)
        {
            Activity.Current = current;
        }

        if (
            span is { IsAllDataRequested: true }
            && request.HttpContext.Connection is { RemoteIpAddress: { } address } peer
        )
        {
            span.SetTag(
                RpcConventions.PeerAddress,
                (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
            );
            span.SetTag(RpcConventions.PeerPort, peer.RemotePort);
        }

        return span;
    }

    private static void Describe(Activity span, string status, bool isError, string? message)
    {
        span.SetTag(RpcConventions.StatusCode, status);
        if (isError)
        {
            span.SetTag(RpcConventions.ErrorType, status);
            span.SetStatus(ActivityStatusCode.Error, message);
        }
    }

    private static ActivityContext ParentOf(HttpRequest request) =>
        ActivityContext.TryParse(
            request.Headers.TraceParent.ToString(),
            request.Headers.TraceState.ToString(),
            isRemote: true,
            out var parent
        )
            ? parent
            : default;

    /// <summary>What a sampler may want to know.</summary>
    private static TagList Describe(HttpRequest request, MethodTelemetry method, RpcSystem system)
    {
        var tags = new TagList { { RpcConventions.SystemName, system.Name }, { RpcConventions.Method, method.Name } };
        if (request.Host is { HasValue: true } host)
        {
            tags.Add(RpcConventions.ServerAddress, host.Host.Trim('[', ']'));
            if (host.Port is { } port)
            {
                tags.Add(RpcConventions.ServerPort, port);
            }
        }

        return tags;
    }
}
