namespace Scoring.Rpc.Messages;

/// <summary>The largest message of one direction.</summary>
/// <param name="Bytes">The limit, without the prefix and uncompressed.</param>
/// <param name="Setting">The setting that moves it, for the error.</param>
internal readonly record struct MessageLimit(int Bytes, string Setting)
{
    public void Check(long size)
    {
        if (size > Bytes)
        {
            throw new RpcException(
                StatusCode.ResourceExhausted,
                $"The message of {size} bytes is larger than the limit of {Bytes} bytes ({Setting})."
            );
        }
    }

    public RpcException ExceededByDecompression() =>
        new(
            StatusCode.ResourceExhausted,
            $"The message is larger than the limit of {Bytes} bytes ({Setting}) after decompression."
        );
}
