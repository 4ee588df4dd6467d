namespace Scoring.Engine.Journal;

/// <summary>An entry as the log gives it back.</summary>
/// <param name="Number">Number in its partition.</param>
/// <param name="Applied">The mark of the newest entry that was applied in the partition when this one was written.</param>
/// <param name="Content">Its commands; until the next entry is asked for.</param>
/// <param name="Place">What to name of it in messages.</param>
/// <param name="Offset">Where it stands there.</param>
public readonly record struct LogEntry(
    long Number,
    OutcomeMark Applied,
    ReadOnlyMemory<byte> Content,
    string Place,
    long Offset
);
