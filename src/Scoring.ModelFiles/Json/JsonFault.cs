namespace Scoring.ModelFiles.Json;

/// <summary>Something wrong at a place of a JSON text.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The character in the line, from 1.</param>
/// <param name="Field">The field, for example "events[3].customer_id"; empty where the text as a whole is at fault.</param>
/// <param name="Message">What is wrong.</param>
public sealed record JsonFault(int Line, int Column, string Field, string Message)
{
    /// <summary>What is wrong, to be read after the field.</summary>
    public string Problem =>
        Field.Length > 0 && Message.StartsWith(Field + " ", StringComparison.Ordinal)
            ? Message[(Field.Length + 1)..]
            : Message;
}
