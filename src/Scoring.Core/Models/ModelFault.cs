namespace Scoring.Core.Models;

/// <summary>One thing that is wrong with a model.</summary>
/// <param name="Field">The field in the words of the contract, for example "terms[2].weight".</param>
/// <param name="Message">What it must be.</param>
public sealed record ModelFault(string Field, string Message);
