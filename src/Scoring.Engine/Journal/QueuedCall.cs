namespace Scoring.Engine.Journal;

/// <summary>A call that waits for the journal.</summary>
internal abstract class QueuedCall
{
    /// <summary>Answers the call with an error, unless it has been answered.</summary>
    public abstract void Fail(Exception error);

    /// <summary>Gives back what the call holds, once nothing reads it any more.</summary>
    public virtual void Release() { }
}
