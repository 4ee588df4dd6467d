namespace Scoring.Engine.Storage;

/// <summary>Reads a blob.</summary>
public interface IBlobSource : IDisposable
{
    /// <summary>What to name of it in messages.</summary>
    string Place { get; }

    /// <summary>Its bytes.</summary>
    long Length { get; }

    /// <summary>Reads some bytes from an offset on; 0 at the end.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    int Read(Span<byte> buffer, long offset);
}
