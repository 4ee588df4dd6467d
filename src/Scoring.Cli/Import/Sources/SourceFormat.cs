namespace Scoring.Cli.Import.Sources;

/// <summary>What a file is written in.</summary>
internal enum SourceFormat
{
    /// <summary>Lines of fields with a delimiter between them (RFC 4180, or any other).</summary>
    Csv,

    /// <summary>One JSON object per line.</summary>
    JsonLines,
}
