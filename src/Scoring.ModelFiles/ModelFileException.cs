namespace Scoring.ModelFiles;

/// <summary>A model file cannot be used. The message gives one line for each fault: file, line, column, field and reason.</summary>
public sealed class ModelFileException : Exception
{
    /// <summary>An error about one or several faults.</summary>
    /// <param name="faults">The faults as compilers write them, "file:line:column: reason"; at least one.</param>
    public ModelFileException(IReadOnlyList<string> faults)
        : base(string.Join(Environment.NewLine, faults)) => Faults = faults;

    /// <summary>The faults, in the order of the file.</summary>
    public IReadOnlyList<string> Faults { get; }
}
