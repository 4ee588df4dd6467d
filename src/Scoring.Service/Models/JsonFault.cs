namespace Scoring.Service.Models;

/// <summary>Something wrong at a place of a JSON text.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The character in the line, from 1.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record JsonFault(int Line, int Column, string Message);
