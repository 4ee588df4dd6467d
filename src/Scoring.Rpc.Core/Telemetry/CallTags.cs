using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Scoring.Rpc.Telemetry;

/// <summary>The attributes of the measurements of one method by status, made once so that a call makes none.</summary>
internal sealed class CallTags
{
    private readonly Tag[][] _byCode;

    /// <summary>Makes the attributes of a method.</summary>
    /// <param name="system">The system that its calls came by.</param>
    /// <param name="method">Its name.</param>
    /// <param name="isError">Whether a status is an error on this side of the call.</param>
    /// <param name="more">What every measurement has besides.</param>
    public CallTags(RpcSystem system, string method, Func<StatusCode, bool> isError, params ReadOnlySpan<Tag> more)
    {
        _byCode = new Tag[system.CodeCount][];
        for (var code = 0; code < _byCode.Length; code++)
        {
            var name = system.NameOf((StatusCode)code);
            _byCode[code] =
            [
                new(RpcConventions.SystemName, system.Name),
                new(RpcConventions.Method, method),
                new(RpcConventions.StatusCode, name),
                .. isError((StatusCode)code) ? [new Tag(RpcConventions.ErrorType, name)] : Array.Empty<Tag>(),
                .. more,
            ];
        }

        System = system;
    }

    public RpcSystem System { get; }

    public ReadOnlySpan<Tag> this[StatusCode code] => _byCode[System.IndexOf(code)];
}
