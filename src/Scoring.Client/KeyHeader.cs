using System.Net.Http.Headers;

namespace Scoring.Client;

/// <summary>Sends the API key with every call, whatever its kind; a call that brings an <c>authorization</c> of its own keeps it.</summary>
/// <param name="apiKey">The key; null sends none.</param>
internal sealed class KeyHeader(string? apiKey) : DelegatingHandler
{
    private readonly AuthenticationHeaderValue? _header = apiKey is null ? null : new("Bearer", apiKey);

    /// <summary>Holds a key to what a header may have, and to a connection on which nobody else reads it.</summary>
    /// <exception cref="ArgumentException">The key is none, or would be sent in plain text. The message does not have the key.</exception>
    public static void Require(ScoringClientOptions options, Uri address)
    {
        if (options.ApiKey is not { } key)
        {
            return;
        }

        if (key.Length == 0 || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new ArgumentException(
                $"{nameof(ScoringClientOptions.ApiKey)} is no key: it is empty, or has blanks, line breaks or other characters that no header may have",
                nameof(options)
            );
        }

        if (address is { Scheme: "http", IsLoopback: false })
        {
            throw new ArgumentException(
                $"{nameof(ScoringClientOptions.ApiKey)} would be sent in plain text to {options.Address}; write https:// instead of http://",
                nameof(options)
            );
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (_header is not null && !request.Headers.Contains("Authorization"))
        {
            request.Headers.Authorization = _header;
        }

        return base.SendAsync(request, cancellationToken);
    }
}
