namespace Scoring.Engine;

/// <summary>What a host answers.</summary>
/// <param name="Value">The answer for the partitions that are there; null if there are none, or the model is another.</param>
/// <param name="Absent">The partitions of the question, or of what was written, that are not open there, each once: nothing was done for them.</param>
/// <param name="HasOtherModel">Whether the host answers by another version of the model than was asked for; then it answered nothing.</param>
public sealed record HostAnswer<T>(T? Value, IReadOnlyList<int> Absent, bool HasOtherModel = false)
    where T : class;
