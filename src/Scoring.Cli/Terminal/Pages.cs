using Google.Protobuf;
using Grpc.Core;

namespace Scoring.Cli.Terminal;

/// <summary>Lists that servers answer in pages.</summary>
internal static class Pages
{
    /// <summary>Reads page after page; gives what was read as one.</summary>
    /// <param name="request">What is asked, with the size of a page.</param>
    /// <param name="read">Asks for a page.</param>
    /// <param name="left">How many more are wanted behind those that were read so far; null for all.</param>
    public static async Task<T> ReadAsync<TRequest, T>(
        TRequest request,
        Func<TRequest, AsyncUnaryCall<T>> read,
        Func<T, int>? left = null
    )
        where TRequest : IMessage<TRequest>
        where T : IMessage<T>, new()
    {
        var all = new T();
        var size = request.Descriptor.FindFieldByName("page_size").Accessor;
        var token = request.Descriptor.FindFieldByName("page_token").Accessor;
        var next = all.Descriptor.FindFieldByName("next_page_token").Accessor;
        var largest = (int)size.GetValue(request);
        do
        {
            size.SetValue(request, Math.Min(largest, left?.Invoke(all) ?? largest));
            token.SetValue(request, next.GetValue(all));
            var page = await read(request);
            // The last page has none, and what is absent replaces nothing.
            next.Clear(all);
            all.MergeFrom(page);
        } while (next.GetValue(all) is string { Length: > 0 } && left?.Invoke(all) is null or > 0);
        return all;
    }
}
