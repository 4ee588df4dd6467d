namespace Scoring.Cli.Import.Sources;

/// <summary>A column that the mapping reads, and where it says so.</summary>
internal readonly record struct RequiredColumn(string Column, int MappingLine, string Field);
