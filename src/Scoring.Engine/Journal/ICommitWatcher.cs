namespace Scoring.Engine.Journal;

/// <summary>Hears what the group commit meets.</summary>
internal interface ICommitWatcher
{
    /// <summary>So many bytes were added to the log.</summary>
    void Committed(long bytes);

    /// <summary>Somebody else has taken a partition over.</summary>
    void Fenced(int partition);

    /// <summary>There was no room. A checkpoint makes log needless, which may be given up then.</summary>
    void Full();

    /// <summary>The log still cannot be used, and is to be tried again in a while.</summary>
    void WakeSoon();
}
