namespace Scoring.Cluster.Messages;

/// <summary>What a grain answers to a call that many grains get at once.</summary>
internal interface IAnswer<TSelf>
{
    /// <summary>Whether the grain did what it was asked; otherwise it is asked again.</summary>
    bool IsDone { get; }

    /// <summary>What stands for the answer of a grain that gave none.</summary>
    /// <param name="why">What it, the cluster or the store gave instead.</param>
    static abstract TSelf None(Exception why);
}
