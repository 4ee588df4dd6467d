namespace Scoring.Core.Adjustments;

/// <summary>Asks for the adjustments that there are in a workspace.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Model">Name of the model whose adjustments are asked for; empty means every model.</param>
/// <param name="After">The <see cref="CustomerAdjustment.Place"/> behind which to begin; empty for the first.</param>
/// <param name="Count">Most adjustments.</param>
public sealed record AdjustmentQuery(string Workspace, string Model, string After, int Count);
