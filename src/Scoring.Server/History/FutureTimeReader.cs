using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core.Time;
using Scoring.Server.Errors;
using Scoring.Server.Fields;

namespace Scoring.Server.History;

/// <summary>Reads up to when something is projected.</summary>
internal sealed class FutureTimeReader(TimeProvider time)
{
    private const int MostYears = 10;

    /// <summary>Reads the instant.</summary>
    /// <param name="until">The field; absent for the ordinary.</param>
    /// <param name="ordinary">How far that is ahead of now.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it does not lie in the future, or too far ahead.</exception>
    public Instant Read(Timestamp? until, TimeSpan ordinary)
    {
        var now = time.GetUtcNow();
        if (until is null)
        {
            return Instant.From(now) + ordinary;
        }
        CallErrors.ThrowIf(Instants.Read(until, "until", out var instant));
        return instant > Instant.From(now) && instant <= Instant.From(now.AddYears(MostYears))
            ? instant
            : throw CallErrors.From(
                FieldFault.Invalid(
                    "until",
                    $"must lie in the future, at most {MostYears} years ahead: it is {instant}, and the server's clock says {Instant.From(now)}"
                )
            );
    }
}
