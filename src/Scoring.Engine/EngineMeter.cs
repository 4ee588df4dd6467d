namespace Scoring.Engine;

/// <summary>The engine's metrics.</summary>
public static class EngineMeter
{
    /// <summary>Name of the meter; its instruments begin with "scoring.engine.".</summary>
    public const string Name = "Scoring.Engine";
}
