namespace Scoring.Core.Models;

/// <summary>A part of the score that terms are put together in, such as frequency, depth, adoption, support, sentiment or fit.</summary>
/// <param name="Name">The name, for programs.</param>
/// <param name="Title">The name, for people; empty when <paramref name="Name"/> serves.</param>
/// <param name="Cap">The most points that it brings, in either direction, 1e-6 to 1e12; null means no limit.</param>
public sealed record Dimension(string Name, string Title, double? Cap = null)
{
    /// <summary>The points that count of those that the terms bring: limited to -cap..cap.</summary>
    public double Limit(double points) => Cap is { } cap ? Math.Clamp(points, -cap, cap) : points;
}
