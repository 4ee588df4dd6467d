using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>Some of a list.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Model">The model and its version.</param>
/// <param name="ReadTime">The instant of the list.</param>
/// <param name="Total">Customers that the filter let pass.</param>
/// <param name="Ahead">Customers left out since they are ahead.</param>
/// <param name="Count">Customers that the list has, the first of them.</param>
/// <param name="Ids">The ids.</param>
public sealed record ListPart(
    string Workspace,
    string Model,
    Instant ReadTime,
    long Total,
    long Ahead,
    int Count,
    IReadOnlyList<string> Ids
);
