using Scoring.Core;
using Scoring.Engine;

namespace Scoring.Grains.Relay;

/// <summary>An answer of a host (<see cref="HostAnswer{T}"/>) as it is sent to another silo. Ids and aliases never change.</summary>
/// <param name="Value">What is sent for the partitions that are there; null if there are none, or the model is another.</param>
/// <param name="Absent">Absent partitions.</param>
/// <param name="HasOtherModel">Whether the model is another.</param>
[GenerateSerializer, Alias("scoring.reply`1"), Immutable]
internal sealed record Reply<T>(
    [property: Id(0)] T? Value,
    [property: Id(1)] int[] Absent,
    [property: Id(2)] bool HasOtherModel = false
)
    where T : class
{
    /// <summary>The answer that was sent.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.Unavailable"/>: it comes from a silo of another version, which is about to be replaced.</exception>
    public HostAnswer<TAnswer> Read<TAnswer>(Func<T, TAnswer> read)
        where TAnswer : class
    {
        try
        {
            return new(Value is null ? null : read(Value), Absent, HasOtherModel);
        }
        catch (InvalidDataException e)
        {
            throw ClusterFailures.OfRead(e);
        }
    }

    /// <summary>What is sent of an answer.</summary>
    public static Reply<T> Of<TAnswer>(HostAnswer<TAnswer> answer, Func<TAnswer, T?> write)
        where TAnswer : class =>
        new(answer.Value is null ? null : write(answer.Value), [.. answer.Absent], answer.HasOtherModel);
}
