using Scoring.Server.Errors;

namespace Scoring.Server.Fields;

/// <summary>Reads how many of something are asked for.</summary>
internal static class Counts
{
    /// <summary>How many, or the ordinary number for 0.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: there cannot be so many.</exception>
    public static int Read(int asked, string field, int ordinary, int largest) =>
        asked == 0 ? ordinary
        : asked > 0 && asked <= largest ? asked
        : throw CallErrors.From(FieldFault.Invalid(field, $"must be 1 to {largest:N0}, or 0 for {ordinary:N0}"));
}
