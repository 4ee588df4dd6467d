using System.Diagnostics.Metrics;
using Grpc.Core;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Scoring.Server.Calls;

/// <summary>The durations of calls of one method.</summary>
/// <remarks>Without a listener a call costs one check; with one a measurement and no allocation.</remarks>
internal sealed class MethodDurations(Histogram<double> durations, string method)
{
    private const int Codes = (int)StatusCode.Unauthenticated + 1;

    private readonly Tag[]?[] _tags = new Tag[]?[Codes];

    /// <summary>A call has been answered.</summary>
    public void Record(StatusCode code, TimeSpan elapsed)
    {
        if (durations.Enabled)
        {
            durations.Record(elapsed.TotalSeconds, TagsOf(code));
        }
    }

    private Tag[] TagsOf(StatusCode code)
    {
        ref var tags = ref _tags[(uint)code < Codes ? (int)code : (int)StatusCode.Unknown];
        return tags ??= Tags(code);
    }

    private Tag[] Tags(StatusCode code)
    {
        var name = StatusNames.Of(code);
        return
        [
            new("rpc.system.name", "grpc"),
            new("rpc.method", method),
            new("rpc.status_code", name),
            .. IsError(code) ? [new Tag("error.type", name)] : Array.Empty<Tag>(),
        ];
    }

    private static bool IsError(StatusCode code) =>
        code
            is StatusCode.Unknown
                or StatusCode.DeadlineExceeded
                or StatusCode.Unimplemented
                or StatusCode.Internal
                or StatusCode.Unavailable
                or StatusCode.DataLoss;
}
