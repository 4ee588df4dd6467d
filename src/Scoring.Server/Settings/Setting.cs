namespace Scoring.Server.Settings;

/// <summary>One setting of what is set: its name, what it means and how its text becomes its value.</summary>
/// <param name="Name">Its name, for example "MaxBatch".</param>
/// <param name="Default">Its default as one would write it; empty when there is none to write.</param>
/// <param name="Meaning">What it means and what it may be, for people.</param>
/// <param name="Apply">The target with the value that a text stands for; throws <see cref="FormatException"/> that says what it must be.</param>
internal sealed record Setting<T>(string Name, string Default, string Meaning, Func<T, string, T> Apply)
{
    /// <summary>Whether the setting is a list: an array in a file, texts with commas between them elsewhere.</summary>
    public bool IsList { get; init; }
}
