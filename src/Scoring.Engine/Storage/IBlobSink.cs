namespace Scoring.Engine.Storage;

/// <summary>Takes a blob from its beginning to its end. One thread.</summary>
/// <remarks>Everything throws <see cref="StoreFailure"/>: the blob is of no use then.</remarks>
public interface IBlobSink : IDisposable
{
    /// <summary>Writes behind what was written.</summary>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Waits until all of it is safe. A state that is put afterwards may name the blob.</summary>
    void Complete();
}
