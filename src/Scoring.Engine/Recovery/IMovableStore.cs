using Scoring.Engine.Storage;

namespace Scoring.Engine.Recovery;

/// <summary>A store that can be copied as a whole into another one, and be made as such a copy.</summary>
public interface IMovableStore : IStore
{
    /// <summary>The document that says how far a move into the store has come; gone once it has ended.</summary>
    const string MoveDocument = "move";

    /// <summary>Room for what is written, in bytes; null where that is not known.</summary>
    long? FreeBytes { get; }

    /// <summary>Sees to it that no server has the store open, and that none opens it before this is disposed of. Changes nothing.</summary>
    /// <exception cref="StoreException">A server has it open.</exception>
    void KeepServersOut();

    /// <summary>Throws when servers may have opened the store since <see cref="KeepServersOut"/>.</summary>
    /// <exception cref="StoreException">They may have.</exception>
    void ThrowIfServersMayBeIn();

    /// <summary>Whether a move into the store has begun and not ended: no server opens it, and <see cref="IStore.Exists"/> throws.</summary>
    /// <exception cref="StoreException">It cannot be looked at.</exception>
    bool IsHalfMoved();

    /// <summary>Makes it a store like any other, which servers open.</summary>
    /// <exception cref="StoreFailure">It may be one or not.</exception>
    void EndMove();
}
